namespace OpsMantik.Local.Sales;

/// <summary>One row of the sample file: a sale, the click it came from, and where its upload must end.</summary>
public sealed record SampleSale
{
    /// <summary>Line of the file, the header being line 1.</summary>
    public required int Line { get; init; }

    /// <summary>The application's own number of the sale, unique in the file.</summary>
    public required string ExternalRef { get; init; }

    public required string Site { get; init; }

    /// <summary><c>gclid</c>, <c>gbraid</c> or <c>wbraid</c>; null together with <see cref="ClickId"/>.</summary>
    public required string? ClickKind { get; init; }

    public required string? ClickId { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>Hundredths of <see cref="Currency"/>, zero or more.</summary>
    public required long AmountCents { get; init; }

    /// <summary>ISO 4217.</summary>
    public required string Currency { get; init; }

    /// <summary>Sales of one conversation share its click.</summary>
    public required string Conversation { get; init; }

    public required ExpectedOutcome Expected { get; init; }
}
