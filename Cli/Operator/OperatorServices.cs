using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpsMantik.Core;

namespace OpsMantik.Cli.Operator;

/// <summary>The worker's own jobs and stores, put together for one command. Settings are the environment's.</summary>
internal static class OperatorServices
{
    /// <param name="connectionString">Opens by itself: with its password or a token.</param>
    public static ServiceProvider Create(string connectionString)
    {
        var configuration = new ConfigurationBuilder()
            .AddEnvironmentVariables()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["ConnectionStrings:OpsMantik"] = connectionString,
                // A token, where one is needed, stands in the connection string already.
                ["Database:Authentication"] = "Password",
            })
            .Build();
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddLogging(logging => logging
                .SetMinimumLevel(LogLevel.Warning)
                .AddFilter("OpsMantik", LogLevel.Information)
                .AddSimpleConsole(options => options.SingleLine = true)
                // Standard output is the command's answer.
                .Services.Configure<ConsoleLoggerOptions>(
                    options => options.LogToStandardErrorThreshold = LogLevel.Trace))
            .AddOpsMantikCore(configuration)
            .BuildServiceProvider();
    }
}
