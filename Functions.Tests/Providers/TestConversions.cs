using CsCheck;
using OpsMantik.Core.Conversions;

namespace OpsMantik.Functions.Tests.Providers;

internal static class TestConversions
{
    private static int _next;

    public static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A sendable conversion, unlike any other of the run.</summary>
    public static Conversion New() => New(Interlocked.Increment(ref _next));

    public static IReadOnlyList<Conversion> Many(int count) => [.. Enumerable.Range(0, count).Select(_ => New())];

    public static readonly Gen<Currency> AnyCurrency =
        Gen.Int[0, Currencies.Default.All.Count - 1].Select(index => Currencies.Default.All.ElementAt(index));

    public static Money Money(long minorUnits, string currency = "TRY") =>
        new(minorUnits, Currencies.Default.Get(currency));

    private static Conversion New(int number) => new()
    {
        Id = new Guid(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]),
        OrderId = $"order-{number}",
        OrderIdIsSaleId = false,
        MayHaveBeenSent = false,
        Click = new ClickId(ClickIdKind.Gclid, $"gclid-{number}"),
        Time = Noon,
        Value = Money(12_345),
    };
}
