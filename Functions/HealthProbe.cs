namespace OpsMantik.Functions;

/// <summary>Asks the worker beside it how it is: the health check of a container, whose image has no curl.</summary>
internal static class HealthProbe
{
    public const string Argument = "--health";

    // Longer than the worker itself looks for its database.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Prints the health page, or why there is none.</summary>
    /// <returns>The exit code: 0 when the worker is well, else 1.</returns>
    public static async Task<int> RunAsync()
    {
        var settings = new ConfigurationBuilder()
            .AddLocalSettings(Directory.GetCurrentDirectory(), AppContext.BaseDirectory)
            .AddEnvironmentVariables()
            .Build();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
        try
        {
            using var response = await http.GetAsync(HealthPageAt(ListenAddress.OwnUrls(settings)[0]));
            Console.WriteLine(await response.Content.ReadAsStringAsync());
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or SettingsException)
        {
            Console.WriteLine(exception.Message);
            return 1;
        }
    }

    internal static Uri HealthPageAt(string url)
    {
        var address = BindingAddress.Parse(url);
        // What stands for all addresses of a machine is none to call.
        var host = address.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "localhost" : address.Host;
        return new Uri($"{address.Scheme}://{host}:{address.Port}{Routes.PathOf(Routes.Health)}");
    }
}
