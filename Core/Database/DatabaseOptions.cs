namespace OpsMantik.Core.Database;

/// <summary>Where the database is. The connection string may hold a password, so this prints itself redacted.</summary>
internal sealed class DatabaseOptions
{
    /// <summary>Name of the connection string: <c>ConnectionStrings__OpsMantik</c> in the environment.</summary>
    public const string Name = "OpsMantik";

    public string? ConnectionString { get; set; }

    public override string ToString() => "[redacted]";
}
