using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using OpsMantik.Core;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Cli.Credentials;

/// <summary>Asks a person for a consent at Google, and waits for the answer at most five minutes.</summary>
internal sealed class ConsentQuestion(CredentialConnection connection, ConsentClient client, string uploadApi, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>In the browser of this machine.</summary>
    /// <exception cref="OperatorException">There is no consent; the message says why, and what to do.</exception>
    public async Task<GrantedConsent> AskAsync(CommandOutput output, CancellationToken stopping)
    {
        await using var redirect = await ConsentRedirect.ListenAsync(client.Redirect, stopping);
        var request = connection.Begin(client, uploadApi, redirect.Address);
        var answer = redirect.ReceiveAsync(request);
        output.WriteLine(ConsentRedirect.Browse(request.Address)
            ? "Google's question is in the browser. If it is not, open:"
            : "Open this in a browser of this machine (of another one: --no-browser):");
        output.WriteLine(request.Address.AbsoluteUri);
        return await CompleteAsync(request, await AwaitAsync(answer, stopping), stopping);
    }

    /// <summary>In a browser anywhere, which then shows that it finds no page: its address is the answer.</summary>
    /// <exception cref="OperatorException">There is no consent; the message says why, and what to do.</exception>
    public async Task<GrantedConsent> AskPastedAsync(Random random, CommandOutput output, CancellationToken stopping)
    {
        var nobody = new Uri($"http://127.0.0.1:{random.Next(49152, 65536)}/");
        var request = connection.Begin(client, uploadApi, client.Redirect ?? nobody);
        output.WriteLine("Open this in a browser:");
        output.WriteLine(request.Address.AbsoluteUri);
        output.WriteLine($"It ends on a page of {request.Redirect} that is not found. Paste that page's whole address here:");
        // Reading a terminal cannot be stopped; the process does not wait for it.
        var pasted = await AwaitAsync(Task.Run(Console.In.ReadLine, stopping), stopping)
            ?? throw new OperatorException("Nothing was stored: no address was pasted.");
        return await CompleteAsync(request, request.ReadAnswer(pasted.Trim()[(pasted.Trim().IndexOf('?', StringComparison.Ordinal) + 1)..]), stopping);
    }

    private async Task<GrantedConsent> CompleteAsync(
        ConsentRequest request, (string? Code, string? Fault) answer, CancellationToken stopping)
    {
        var (consent, fault) = answer.Code is { } code
            ? await connection.CompleteAsync(request, code, stopping)
            : (null, answer.Fault);
        return consent ?? throw new OperatorException($"Nothing was stored. {fault}");
    }

    private async Task<T> AwaitAsync<T>(Task<T> answer, CancellationToken stopping)
    {
        try
        {
            return await answer.WaitAsync(Patience, time, stopping);
        }
        catch (TimeoutException)
        {
            throw new OperatorException($"Nothing was stored: there was no answer within {Patience.TotalMinutes:0} minutes. Run the command again.");
        }
    }
}

/// <summary>Where Google leads a person's browser back to: answers one request there with a page, and tells what it said.</summary>
internal sealed class ConsentRedirect : IAsyncDisposable
{
    private readonly TaskCompletionSource<(string? Code, string? Fault)> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WebApplication _app;
    private Func<string, (string? Code, string? Fault)>? _read;

    private ConsentRedirect(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    /// <param name="registered">The address that the OAuth client is bound to; null: a free port of 127.0.0.1.</param>
    /// <exception cref="OperatorException">The port is taken, or not for everybody.</exception>
    public static async Task<ConsentRedirect> ListenAsync(Uri? registered, CancellationToken cancellationToken)
    {
        // The empty builder reads no settings of this process: its addresses are the worker's.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            if (registered is { HostNameType: UriHostNameType.Dns })
                kestrel.ListenLocalhost(registered.Port);
            else
                kestrel.Listen(registered is null ? IPAddress.Loopback : IPAddress.Parse(registered.DnsSafeHost), registered?.Port ?? 0);
        });
        var redirect = new ConsentRedirect(builder.Build());
        redirect._app.Run(redirect.HandleAsync);
        try
        {
            await redirect._app.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            await redirect._app.DisposeAsync();
            throw new OperatorException($"Nobody can listen on {registered} ({exception.Message}): free the port, or give --no-browser.");
        }

        redirect.Address = registered ?? new Uri(redirect._app.Urls.Single());
        return redirect;
    }

    /// <summary>Opens a person's browser; false where there is none.</summary>
    public static bool Browse(Uri address)
    {
        try
        {
            using var browser = Process.Start(new ProcessStartInfo(address.AbsoluteUri) { UseShellExecute = true });
            return true;
        }
        catch (Exception exception) when (exception is Win32Exception or PlatformNotSupportedException or FileNotFoundException)
        {
            return false;
        }
    }

    /// <param name="request">Whose answer is awaited.</param>
    public Task<(string? Code, string? Fault)> ReceiveAsync(ConsentRequest request)
    {
        Volatile.Write(ref _read, request.ReadAnswer);
        return _answer.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>For the browser; nothing on it comes from elsewhere, and nothing stays in a cache.</summary>
    internal static string Page(string? fault) =>
        $"<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n<meta name=color-scheme content=\"light dark\">\n<title>OpsMantik</title>\n"
        + $"<p>{WebUtility.HtmlEncode(VisibleText.Escape(fault ?? "Google's answer is here. Close this page and go on in the terminal."))}\n";

    private async Task HandleAsync(HttpContext context)
    {
        // A browser asks for an icon too. Only the first answer counts, whatever it says.
        var read = context.Request.Path == Address.AbsolutePath && HttpMethods.IsGet(context.Request.Method) ? Interlocked.Exchange(ref _read, null) : null;
        if (read is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var answer = read(context.Request.QueryString.Value ?? "");
        try
        {
            await ShowAsync(context, answer.Fault);
        }
        finally
        {
            // Also where the browser is gone before it has the page.
            _answer.TrySetResult(answer);
        }
    }

    private static async Task ShowAsync(HttpContext context, string? fault)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'";
        await context.Response.WriteAsync(Page(fault));
        await context.Response.CompleteAsync();
    }
}
