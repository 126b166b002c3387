namespace OpsMantik.Core.Database;

/// <summary>A right that is not as the worker needs it.</summary>
/// <param name="Thing">Table or function.</param>
/// <param name="Right">Such as SELECT.</param>
/// <param name="Missing">True: needed and not there. False: there, and nobody should have it.</param>
public sealed record Grant(string Thing, string Right, bool Missing);
