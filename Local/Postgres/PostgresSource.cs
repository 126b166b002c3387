namespace OpsMantik.Local.Postgres;

/// <summary>Where the PostgreSQL programs may come from.</summary>
public enum PostgresSource
{
    /// <summary>The machine's own installation if it has one, else npm.</summary>
    InstalledOrNpm,

    /// <summary>npm, even on a machine that has PostgreSQL.</summary>
    Npm,
}
