namespace OpsMantik.Local.GoogleEmulator.Errors;

/// <summary>One value of one of Google's error enums.</summary>
/// <param name="Key">Name in the <c>errorCode</c> object, such as <c>conversionUploadError</c>.</param>
/// <param name="Code">Enum name.</param>
/// <param name="Message">What Google says of it.</param>
/// <param name="Field">Field of a conversion it points at: <see cref="ClickId"/>, a name, or null for the whole row.</param>
internal sealed record ErrorKind(string Key, string Code, string Message, string? Field = null)
{
    /// <summary>Stands for whichever of gclid, gbraid and wbraid the row has.</summary>
    public const string ClickId = "click_id";
}
