namespace OpsMantik.Core.Database;

/// <summary>Where the database is. The connection string may hold a password, so this prints itself redacted.</summary>
internal sealed class DatabaseOptions
{
    /// <summary>Name of the connection string: <c>ConnectionStrings__OpsMantik</c> in the environment.</summary>
    public const string Name = "OpsMantik";

    public string? ConnectionString { get; set; }

    /// <summary><see cref="DatabaseSignIn.Setting"/> as text; <see cref="DatabaseSignIn"/> knows what it means.</summary>
    public string? Authentication { get; set; }

    public override string ToString() => "[redacted]";
}
