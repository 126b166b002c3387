using System.Globalization;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Cli.Demo;

/// <summary>A sale of the sample that was canceled or got another amount, and what Google has of it in the end.</summary>
/// <param name="Line">Of the sample file.</param>
/// <param name="Change">For people: <c>canceled after the upload</c>.</param>
/// <param name="AtGoogle">As <see cref="SampleChange.AtGoogle"/>.</param>
internal sealed record ChangedSale(int Line, string ExternalRef, string Change, string AtGoogle, string Expected)
{
    /// <summary>Null when Google has what the sample says.</summary>
    public Mismatch? Mismatch =>
        AtGoogle == Expected ? null : new Mismatch(Line, ExternalRef, $"{Expected} at Google", $"{AtGoogle} at Google");

    public static IReadOnlyList<ChangedSale> From(IReadOnlyList<DemoSale> sales, IReadOnlyList<ConversionState> conversions)
    {
        var counted = conversions.Where(state => state.OrderId is not null).ToLookup(state => state.OrderId);
        return
        [
            .. sales.Where(sale => sale.Sample.Change is not null).Select(sale => new ChangedSale(
                sale.Sample.Line,
                sale.Sample.ExternalRef,
                Describe(sale.Sample.Change!),
                Describe(counted[sale.Id.ToString()].SingleOrDefault()),
                sale.Sample.Change!.AtGoogle)),
        ];
    }

    private static string Describe(SampleChange change) =>
        (change.AmountCents is null ? "canceled " : "another amount ") + (change.IsBeforeUpload ? "before the upload" : "after the upload");

    private static string Describe(ConversionState? state) => state switch
    {
        null => "none",
        { IsRetracted: true } => "retracted",
        _ => string.Create(CultureInfo.InvariantCulture, $"{state.Value:0.##}"),
    };
}

/// <summary>Runs the upload over HTTP until every correction is told and Google shows it.</summary>
internal sealed class DemoCorrections(
    DemoApi api, QueueReader queue, GoogleEmulator google, IReadOnlyList<DemoSale> sales, TimeProvider time)
{
    private static readonly TimeSpan MaxDuration = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    public async Task<(UploadCounts Counts, IReadOnlyList<ChangedSale> Changed)> RunAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var counts = await api.UploadAsync(cancellationToken);
        while (time.GetElapsedTime(started) < MaxDuration)
        {
            if (await queue.CountCorrectionsAsync(cancellationToken) > 0)
                counts += await api.UploadAsync(cancellationToken);
            // Data Manager shows a change once it has processed it.
            else if (ChangedSale.From(sales, google.Conversions).All(sale => sale.Mismatch is null))
                break;
            await Task.Delay(PollInterval, time, cancellationToken);
        }

        return (counts, ChangedSale.From(sales, google.Conversions));
    }
}
