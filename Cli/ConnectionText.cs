using Npgsql;

namespace OpsMantik.Cli;

/// <summary>Checks a connection string that an operator typed.</summary>
internal static class ConnectionText
{
    private const string Form = "Host=...;Port=5432;Database=...;Username=...;Password=...";

    /// <param name="source">Where the text came from, for the message.</param>
    /// <exception cref="OperatorException">It is none. The driver's message may quote its password.</exception>
    public static string Check(string text, string source)
    {
        try
        {
            if (!string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(text).Host))
                return text;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
        }

        throw new OperatorException($"{source} is not a connection string; expected {Form}");
    }

    /// <summary>Where it leads, without login and password: <c>db.example.com:5432/postgres</c>.</summary>
    public static string Describe(string text)
    {
        var builder = new NpgsqlConnectionStringBuilder(text);
        return $"{builder.Host}:{builder.Port}/{builder.Database ?? builder.Username}";
    }
}
