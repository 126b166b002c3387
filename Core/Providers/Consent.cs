namespace OpsMantik.Core.Providers;

/// <summary>
/// The visitor's consent as the application recorded it, each part null where it recorded none. Never invented: a
/// missing consent is sent as missing (EU user consent policy).
/// </summary>
/// <param name="AdUserData">True: granted; false: denied.</param>
/// <param name="AdPersonalization">True: granted; false: denied. Click uploads do not carry it.</param>
public sealed record Consent(bool? AdUserData, bool? AdPersonalization);
