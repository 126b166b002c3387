using System.Globalization;
using OpsMantik.Core.Operations;

namespace OpsMantik.Cli.Rows;

/// <summary>A row's life for a person.</summary>
internal static class RowWords
{
    public static IEnumerable<string> Of(RowHistory life) =>
        [.. Standing(life.Row), .. Meaning(life.Row), .. Request(life), .. Batches(life), .. Audit(life)];

    private static IEnumerable<string> Standing(HistoryRow row)
    {
        yield return Line("row", $"{row.Id}");
        yield return Line("sale", $"{row.SaleId}");
        yield return Line("site", $"{row.SiteId} ({row.ProviderKey})");
        yield return Line("click", row.Click ?? "none");
        yield return Line("sold", string.Create(
            CultureInfo.InvariantCulture, $"{Times.Utc(row.ConversionTime)}, {row.ValueCents / 100m:N2} {row.Currency}"));
        yield return Line("queued", Times.Utc(row.CreatedAt));
        yield return Line("status", $"{row.Status}, since {Times.Utc(row.UpdatedAt)}");
        yield return Line("claims", $"{row.Claims} that may have reached Google, {row.Attempts} attempts spent since it was last queued");
        if (row.ClaimedAt is { } claimed)
            yield return Line("claimed", Times.Utc(claimed));
        if (row.NextRetryAt is { } next && row.Status is "QUEUED" or "RETRY")
            yield return Line("next try", Times.UtcOrDash(row.NextRetryAt));
        if (row.Reference is not null)
            yield return Line("order id", row.Reference);
    }

    private static IEnumerable<string> Meaning(HistoryRow row)
    {
        if (row.Code is not null || row.Message is not null)
            yield return Line("answer", $"{row.Code ?? row.Message} ({row.Category ?? "no category"})");
        if (row.Message is not null && row.Code is not null)
            yield return Line("message", row.Message);
        if (row.Meaning is not { } meaning)
            yield break;
        yield return Line("meaning", meaning.Meaning);
        yield return Line("to do", $"{meaning.Action} ({Who.Word(meaning.Who)})");
    }

    private static IEnumerable<string> Request(RowHistory life)
    {
        if (life.Row.RequestId is not { } id)
            yield break;
        yield return Line("request", life.Row.RequestIndex is { } place
            ? $"{id}, place {place.ToString(CultureInfo.InvariantCulture)}"
            : id);
        if (life.Request is { } request)
        {
            yield return Line("submitted", $"{Times.Utc(request.SubmittedAt)}, asked {request.Checks} times, " + (request.SettledAt is { } settled
                ? $"settled {Times.Utc(settled)}"
                : $"to be asked {Times.Utc(request.NextCheckAt)}"));
        }
    }

    private static IEnumerable<string> Batches(RowHistory life)
    {
        if (life.Batches.Count > 0)
            yield return "batches of its site since then:";
        foreach (var batch in life.Batches)
        {
            yield return batch.Phase == "STARTED"
                ? $"  {Times.Utc(batch.At)}  claimed {batch.Claimed} rows"
                : $"  {Times.Utc(batch.At)}  completed={batch.Completed ?? 0} failed={batch.Failed ?? 0} retry={batch.Retry ?? 0} "
                  + $"submitted={batch.Submitted ?? 0} {batch.Code}{(batch.Own ? "  <- its request" : "")}".TrimEnd();
        }
    }

    private static IEnumerable<string> Audit(RowHistory life)
    {
        if (life.Audit.Count > 0)
            yield return "by hand since then:";
        foreach (var line in life.Audit)
        {
            yield return $"  {Times.Utc(line.At)}  {line.Actor}: {line.Action}, {line.Rows} {(line.Rows == 1 ? "row" : "rows")}"
                + (line.Everywhere ? " of all sites" : "");
        }
    }

    private static string Line(string name, string value) => $"{name,-12}{value}";
}
