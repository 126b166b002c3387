using OpsMantik.Core.Providers;

namespace OpsMantik.Core.Operations.Import;

/// <summary>A confirmed sale of a file, to be put into the queue.</summary>
public sealed record ImportSale
{
    /// <summary>Line of the file, the header being line 1.</summary>
    public required int Line { get; init; }

    public required Guid SiteId { get; init; }

    /// <summary>The application's own number of the sale, unique within its site.</summary>
    public required string ExternalRef { get; init; }

    /// <summary><c>gclid</c>, <c>gbraid</c> or <c>wbraid</c>.</summary>
    public required string ClickKind { get; init; }

    public required string ClickId { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>Hundredths of <see cref="Currency"/>, zero or more.</summary>
    public required long AmountCents { get; init; }

    /// <summary>ISO 4217.</summary>
    public required string Currency { get; init; }

    /// <summary>Why the worker could never send it, by the worker's own rules; null when it could.</summary>
    public string? FindFault() => ConversionRules.FindFault(new Conversion
    {
        Id = Guid.Empty,
        OrderId = "sale id",
        OrderIdIsSaleId = true,
        MayHaveBeenSent = false,
        Click = new ClickId(Enum.Parse<ClickIdKind>(ClickKind, ignoreCase: true), ClickId),
        Time = OccurredAt,
        ValueCents = AmountCents,
        Currency = Currency,
    })?.Message;
}
