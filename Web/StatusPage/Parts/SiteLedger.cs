using System.Globalization;
using OpsMantik.Core.Status;

namespace OpsMantik.Web.StatusPage.Parts;

/// <summary>A site's latest batches.</summary>
internal static class SiteLedger
{
    private static readonly string[] Columns =
        ["When", "#Claimed", "#Sent", "#Submitted", "#Retry", "#Failed", "#Took", "Most frequent error"];

    public static Markup Of(SiteReport report) => Markup.Of(
        $"""
        <section aria-labelledby="ledger">
        <h2 id="ledger">Ledger</h2>
        {(report.Ledger.Count == 0 ? Markup.Of($"<p class=\"none\">Nothing has been uploaded yet.</p>") : Table(report))}</section>

        """);

    private static Markup Table(SiteReport report) => Tables.Of("ledger", Columns, report.Ledger.Select(entry => Markup.Of(
        $"<tr><td>{Words.Ago(entry.At, report.State.TakenAt)}</td>{Numbers(entry.Claimed, entry.Completed, entry.Submitted, entry.Retry, entry.Failed)}<td class=\"n\">{Took(entry.DurationMs)}</td><td>{Code(entry.Code)}</td></tr>\n")));

    private static Markup Numbers(params ReadOnlySpan<int> numbers)
    {
        List<Markup> cells = [];
        foreach (var number in numbers)
            cells.Add(Markup.Of($"<td class=\"n\">{(number == 0 ? "" : Words.Number(number))}</td>"));
        return Markup.Join(cells);
    }

    private static string Took(int? milliseconds) =>
        milliseconds is { } time ? string.Create(CultureInfo.InvariantCulture, $"{time / 1000.0:0.0} s") : "";

    private static Markup Code(string? code) => code is null ? Markup.Empty : Markup.Of($"<code>{code}</code>");
}
