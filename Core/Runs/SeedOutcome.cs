namespace OpsMantik.Core.Runs;

public enum SeedOutcome
{
    Seeded,
    UnknownSite,
    UnknownProvider,
    InvalidCredentials,
}
