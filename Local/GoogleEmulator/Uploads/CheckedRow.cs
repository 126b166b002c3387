namespace OpsMantik.Local.GoogleEmulator.Uploads;

/// <summary>A conversion whose fields are sound, with what it is recognised by.</summary>
internal sealed record CheckedRow(int Index, ConversionRow Row, ClickIdentity Click, OrderIdentity? Order)
{
    /// <summary>Field that holds the click id.</summary>
    public required string ClickField { get; init; }
}
