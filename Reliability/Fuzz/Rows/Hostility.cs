namespace OpsMantik.Reliability.Fuzz.Rows;

/// <summary>One way in which a row can be odd.</summary>
/// <param name="Code">
/// The error code it must fail with; <see cref="None"/> when it must be uploaded all the same, and null when that is
/// Google's to say.
/// </param>
internal sealed record Hostility(string Name, string? Code, Func<QueueRow, QueueRow> Apply)
{
    public const string None = "";

    public override string ToString() => Name;
}
