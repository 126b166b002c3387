using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Queue;
using OpsMantik.Core.Runs;

namespace OpsMantik.Functions.Tests.Queue;

/// <summary>Rows as a claim reads them, for tests of pure logic.</summary>
internal static class Jobs
{
    public static readonly Guid SaleId = Guid.Parse("5a1e0000-0000-0000-0000-000000000001");

    /// <summary>On the day after the sale.</summary>
    public static readonly ConversionReader Reader = new(
        Currencies.Default, Options.Create(new UploadOptions()), new FakeTimeProvider(new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero)));

    public static ConversionJob One(string payload = "{}") => new()
    {
        Id = Guid.Parse("10b00000-0000-0000-0000-000000000001"),
        SaleId = SaleId,
        Gclid = "Cj0gclid",
        Gbraid = null,
        Wbraid = null,
        ConversionTime = new DateTimeOffset(2026, 11, 20, 9, 30, 0, TimeSpan.Zero),
        ValueCents = 12_345,
        Currency = "TRY",
        Payload = payload,
        RetryCount = 0,
        ClaimCount = 1,
    };
}
