namespace OpsMantik.Functions.Identity;

/// <summary>There is no Entra token for the database. The message says why and holds no token.</summary>
public sealed class EntraTokenException(string message) : Exception(message);
