namespace OpsMantik.Core.Database;

/// <summary>What a look at the database itself told.</summary>
/// <param name="ServerVersion">Such as 170002.</param>
/// <param name="Login">The role that is logged in.</param>
/// <param name="Powerful">It is a superuser, or row security does not hold it: more than a worker should be.</param>
/// <param name="Now">The database's clock, UTC.</param>
/// <param name="Grants">Rights that are missing, or too many.</param>
/// <param name="Sealed">How many active credentials each key has sealed, by fingerprint; null when they may not be read.</param>
public sealed record DatabaseLook(
    int ServerVersion,
    string Login,
    bool Powerful,
    DateTime Now,
    IReadOnlyList<Grant> Grants,
    IReadOnlyDictionary<string, long>? Sealed);
