using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OpsMantik.Testbed.Hosting;

/// <summary>
/// The host's HTTP server: finds the function by route and method, and forwards the request to the worker's own web
/// server while the invocation runs. Also takes the portal's test run, <c>POST /admin/functions/&lt;name&gt;</c>.
/// </summary>
internal sealed class HttpProxy : IAsyncDisposable
{
    private const string InvocationHeader = "x-ms-invocation-id";

    // As the genuine host's forwarder. The worker opens its stream before its web server listens, hence the attempts.
    private static readonly TimeSpan ActivityTimeout = TimeSpan.FromSeconds(240);
    private const int MaxAttempts = 10;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMilliseconds(250);

    private readonly HttpMessageInvoker _worker = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        // As the server reads them: what a caller writes there need not be ASCII.
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
    });

    private readonly FunctionsHost _host;
    private readonly Uri _workerAddress;
    private readonly WebApplication _app;

    public HttpProxy(
        FunctionsHost host,
        Uri workerAddress,
        string routePrefix,
        IReadOnlyDictionary<string, string?> customHeaders,
        IEnumerable<HostedFunction> functions)
    {
        (_host, _workerAddress) = (host, workerAddress);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0").ConfigureKestrel(options => options.AddServerHeader = false);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        _app = builder.Build();
        // As the genuine host's CustomHttpHeadersMiddleware: to its own answers too, and over nothing that is there.
        _app.Use((context, next) =>
        {
            context.Response.OnStarting(() =>
            {
                foreach (var (name, value) in customHeaders)
                    context.Response.Headers.TryAdd(name, value);
                return Task.CompletedTask;
            });
            return next(context);
        });
        foreach (var function in functions.Where(function => function.Route is not null))
            _app.Map($"/{routePrefix}/{function.Route}", context => AnswerAsync(context, function));
        _app.MapPost("/admin/functions/{name}", TestRunAsync);
    }

    public Uri Address => new(_app.Urls.Single());

    public Task StartAsync() => _app.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _worker.Dispose();
    }

    private async Task TestRunAsync(HttpContext context)
    {
        var name = (string)context.Request.RouteValues["name"]!;
        if (_host.Functions.FirstOrDefault(function => function.Name == name) is not { Schedule: not null })
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        // Accepted, and run after the answer.
        _ = _host.InvokeAsync(name);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private async Task AnswerAsync(HttpContext context, HostedFunction function)
    {
        // The genuine host's routes know only the methods of the trigger.
        if (!function.Methods.Contains(context.Request.Method, StringComparer.OrdinalIgnoreCase))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var id = Guid.NewGuid().ToString();
        var forwarding = ForwardAsync(context, id);
        try
        {
            var invocation = await _host.InvokeHttpAsync(function, id, context.Request.Headers.TraceParent, context.RequestAborted);
            await forwarding;
            if (!invocation.Succeeded && !context.Response.HasStarted)
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException)
        {
            if (!context.Response.HasStarted)
                context.Response.StatusCode = IsFaultOfCaller(exception) ? StatusCodes.Status400BadRequest : StatusCodes.Status502BadGateway;
            else
                context.Abort();
        }
    }

    private async Task ForwardAsync(HttpContext context, string invocationId)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(ActivityTimeout);
        using var response = await SendAsync(context.Request, invocationId, limit.Token);
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
            context.Response.Headers[name] = values.ToArray();
        // Each connection has its own framing.
        context.Response.Headers.Remove("Transfer-Encoding");
        await response.Content.CopyToAsync(context.Response.Body, limit.Token);
        await context.Response.Body.FlushAsync(limit.Token);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequest source, string invocationId, CancellationToken cancellation)
    {
        var delay = FirstDelay;
        for (var attempt = 1; ; attempt++)
        {
            using var request = Copy(source, invocationId);
            try
            {
                return await _worker.SendAsync(request, cancellation);
            }
            catch (HttpRequestException refused) when (refused.HttpRequestError == HttpRequestError.ConnectionError && attempt < MaxAttempts)
            {
                await Task.Delay(delay, cancellation);
                delay = delay * 2 < MaxDelay ? delay * 2 : MaxDelay;
            }
        }
    }

    // A body that does not match its headers.
    private static bool IsFaultOfCaller(Exception? exception) =>
        exception is BadHttpRequestException || (exception is not null && IsFaultOfCaller(exception.InnerException));

    private HttpRequestMessage Copy(HttpRequest source, string invocationId)
    {
        var copy = new HttpRequestMessage(
            new HttpMethod(source.Method), new Uri(_workerAddress, $"{source.PathBase}{source.Path}{source.QueryString}"))
        {
            Version = HttpVersion.Version11,
        };
        if (source.ContentLength is > 0 || (source.ContentLength is null && source.Headers.TransferEncoding.Count > 0))
            copy.Content = new StreamContent(source.Body);
        foreach (var (name, values) in source.Headers)
        {
            if (name is "Host" or "Transfer-Encoding" or "Connection" or "Keep-Alive" or "Upgrade" or "Expect")
                continue;
            if (!copy.Headers.TryAddWithoutValidation(name, values.ToArray()))
                copy.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        copy.Headers.TryAddWithoutValidation(InvocationHeader, invocationId);
        return copy;
    }
}
