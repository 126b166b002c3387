using System.CommandLine;

namespace OpsMantik.Cli.Operator;

/// <summary>Which database a command works on: <c>--database</c>, or the worker's own setting.</summary>
internal static class DatabaseOption
{
    public const string Variable = "ConnectionStrings__OpsMantik";

    public static Option<string?> Create() => new("--database")
    {
        Description = $"Connection string. Default: ${Variable}.",
        HelpName = "connection string",
    };

    /// <exception cref="OperatorException">None is given, or it is no connection string.</exception>
    public static string Read(string? option)
    {
        var text = option ?? Environment.GetEnvironmentVariable(Variable);
        return string.IsNullOrWhiteSpace(text)
            ? throw new OperatorException($"No database: give --database <connection string>, or set {Variable}.")
            : ConnectionText.Check(text, option is null ? Variable : "--database");
    }
}
