namespace OpsMantik.Local.GoogleEmulator.Tokens;

/// <summary>Why an Authorization header does not open the door.</summary>
internal enum TokenFault
{
    Missing,
    Invalid,
    Expired,
}
