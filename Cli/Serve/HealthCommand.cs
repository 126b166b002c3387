using System.CommandLine;
using System.Net.Http.Headers;
using Microsoft.Extensions.Configuration;
using OpsMantik.Web;
using OpsMantik.Web.Endpoints;

namespace OpsMantik.Cli.Serve;

/// <summary><c>opsmantik health</c>: asks a running worker how it is; the health check of a container, whose image has no curl.</summary>
internal static class HealthCommand
{
    // Longer than the worker itself looks for its database.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    public static Command Create()
    {
        var url = new Option<string?>("--url")
        {
            Description = "Where the worker listens; by default where ASPNETCORE_URLS or local.settings.json says, "
                + $"else {ListenAddress.DefaultUrl}.",
            HelpName = "address",
        };
        url.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !IsHttp(text))
                result.AddError($"--url: it must be an address such as {ListenAddress.DefaultUrl}.");
        });
        var command = new CommandWithExamples(
            "health",
            "Asks a running worker how it is, and prints its health page: of the worker beside it with the state of each part. "
            + "For health checks: a container's, a monitor's. Exit code 1 when it is not well, or nobody answers within 15 seconds.",
            "opsmantik health",
            "opsmantik health --url https://worker.example.com")
        {
            url,
        };
        command.SetAction((parsed, stopping) => ErrorReport.GuardAsync(() => RunAsync(parsed.GetValue(url), stopping), parsed));
        return command;
    }

    private static async Task<int> RunAsync(string? url, CancellationToken stopping)
    {
        // Not through a proxy of the environment: the worker is beside us, or where we were told.
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = url is not null }) { Timeout = Timeout };
        try
        {
            using var request = url is null ? RequestToOwn() : new HttpRequestMessage(HttpMethod.Get, ListenAddress.HealthPageAt(url));
            using var response = await http.SendAsync(request, stopping);
            Console.Out.WriteVisible(await response.Content.ReadAsStringAsync(stopping));
            return response.IsSuccessStatusCode ? ExitCodes.Success : ExitCodes.Failure;
        }
        catch (Exception exception) when (exception is HttpRequestException or SettingsException
            || (exception is TaskCanceledException && !stopping.IsCancellationRequested))
        {
            Console.Out.WriteVisible(exception.Message);
            return ExitCodes.Failure;
        }
    }

    // The worker beside us has our settings, and with the secret among them it tells more. To no other address.
    private static HttpRequestMessage RequestToOwn()
    {
        var settings = new ConfigurationBuilder()
            .AddLocalSettings(Directory.GetCurrentDirectory(), AppContext.BaseDirectory)
            .AddEnvironmentVariables()
            .Build();
        var request = new HttpRequestMessage(HttpMethod.Get, ListenAddress.HealthPageAt(ListenAddress.Read(settings)[0]));
        if (AccessSecret.Split(settings[AccessSecrets.CronSetting]) is [var secret, ..])
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return request;
    }

    private static bool IsHttp(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);
}
