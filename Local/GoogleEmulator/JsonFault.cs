namespace OpsMantik.Local.GoogleEmulator;

/// <summary>What Google's JSON front end says of a body, and where it stumbled; empty for the whole body.</summary>
internal sealed record JsonFault(string Message, string Field);
