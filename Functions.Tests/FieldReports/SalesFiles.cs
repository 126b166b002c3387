using System.Text;
using OpsMantik.Cli.Sales;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Sites;

namespace OpsMantik.Functions.Tests.FieldReports;

/// <summary>Small sales files, read as <c>enqueue</c> reads them. "Now" is 2026-11-23.</summary>
internal static class SalesFiles
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    public static readonly SalesFileOptions Options =
        new(Guid.Parse("5173e000-0000-0000-0000-000000000001"), null, SalesTimes.FindZone("Europe/Berlin"), null, null, "TR", null);

    public static EnqueueFile Read(string text, SalesFileOptions? options = null, Encoding? encoding = null)
    {
        var path = Path.Combine(Path.GetTempPath(), $"report-{Guid.NewGuid():N}.csv");
        try
        {
            File.WriteAllText(path, text, encoding ?? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            return Read(new FileInfo(path), options ?? Options, Now);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Where no site has a name.</summary>
    public static EnqueueFile Read(FileInfo path, SalesFileOptions options, DateTimeOffset now)
    {
        var file = EnqueueFile.Open(path, options);
        file.Read(Enumerable.Empty<SiteName>().ToLookup(site => site.Name!), Currencies.Default, now);
        return file;
    }

    /// <summary>The one line of a file as its sale, or as its fault.</summary>
    public static string Line(EnqueueFile file, Func<ImportSale, string> text) => file.Sales.Select(text).Concat(file.Faults.Values).Single();
}
