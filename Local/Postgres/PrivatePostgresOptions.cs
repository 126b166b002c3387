namespace OpsMantik.Local.Postgres;

/// <summary>How a private PostgreSQL is set up; the defaults suit demos and tests.</summary>
public sealed record PrivatePostgresOptions
{
    /// <summary>
    /// True: commits survive a power cut. False (default): they survive the death of the server, not of the machine,
    /// and everything is several times faster.
    /// </summary>
    public bool Durable { get; init; }

    /// <summary>The folder in which the server's own folder is made; default: the system's temporary folder.</summary>
    public string? ParentFolder { get; init; }

    /// <summary>Where the PostgreSQL programs may come from.</summary>
    public PostgresSource Source { get; init; } = PostgresSource.InstalledOrNpm;

    /// <summary>Where binaries from npm are kept; default: a folder of the user's that outlives the process.</summary>
    public string? CacheFolder { get; init; }
}
