namespace OpsMantik.Functions;

/// <summary>The log levels of the settings: <c>Logging:LogLevel</c>, and each log's own.</summary>
internal static class LogLevels
{
    /// <summary>Takes out what is no level, with which no app could be built that says what else is wrong.</summary>
    /// <returns>One fault for each.</returns>
    public static IReadOnlyList<string> TakeFaults(IConfiguration configuration)
    {
        var logging = configuration.GetSection("Logging");
        var faulty = logging.GetChildren().Select(log => log.GetSection("LogLevel")).Prepend(logging.GetSection("LogLevel"))
            .SelectMany(levels => levels.GetChildren())
            .Where(level => !string.IsNullOrEmpty(level.Value) && !Enum.TryParse<LogLevel>(level.Value, true, out _))
            .Select(level => level.Path)
            .ToList();
        foreach (var path in faulty)
            configuration[path] = null;
        return
        [
            .. faulty.Select(path => $"{path.Replace(":", "__", StringComparison.Ordinal)} must be a log level: "
                + string.Join(", ", Enum.GetNames<LogLevel>())),
        ];
    }
}
