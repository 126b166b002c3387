using OpsMantik.Functions.Tests.Queue;

namespace OpsMantik.Functions.Tests.FieldReports;

/// <summary>Reports of click ids and of the order ids beside them.</summary>
public class ClickIdReportTests
{
    [TestCase("segment-boneyard/segment-docs#6345", null, "0AAAA-b", "Cls-w", "Gbraid 0AAAA-b")]
    [TestCase("rudderlabs/rudder-transformer#3910", "Cj0K", "0AAAA-b", "Cls-w", "Gclid Cj0K")]
    [TestCase("segmentio/action-destinations#2365", "Cj0K", null, "Cls-w", "Gclid Cj0K")]
    [TestCase("PostHog/posthog#95999", null, "0AAAA-b", "Cls-w", "Gbraid 0AAAA-b")]
    [TestCase("VeNoMouS/cloudscraper#153", "GCL.1795168800.~Cj0K-x_1", null, null, "Gclid Cj0K-x_1")]
    [TestCase("rudderlabs/rudder-transformer#2949", "stefantest", null, null, "Gclid stefantest")]
    [TestCase("segmentio/action-destinations#3107", "two words", "0AAAA-b", null, "Gbraid 0AAAA-b")]
    public void One_click_id_of_a_row_is_sent(string report, string? gclid, string? gbraid, string? wbraid, string expected)
    {
        var click = Jobs.Reader.Read(Jobs.One() with { Gclid = gclid, Gbraid = gbraid, Wbraid = wbraid }).Conversion!.Click;

        Assert.That($"{click!.Value.Kind} {click.Value.Value}", Is.EqualTo(expected), report);
    }

    [TestCase("matomo-org/plugin-MarketingCampaignsReporting#27", "adfghakfczz-{0}", "none of the 20 click ids has a capital letter")]
    [TestCase("matomo-org/matomo#19951", "ADFGHAKFCZZ-{0}", "none of the 20 click ids has a small letter")]
    [TestCase("snowplow/snowplow#1602", "Cj0KCQiA-2345678901234567890123456789012345678901234567890123-{0}", "exactly 64 characters")]
    [TestCase("snowplow/snowplow#1602", "Cj0KCQiA-23456789012345678901234567890123456789012345678901234-{0}", null)]
    public void Click_ids_that_were_all_changed_on_the_way_are_warned_of(string report, string form, string? warning)
    {
        string Lines(int count) => string.Concat(Enumerable.Range(10, count).Select(number =>
            $"{string.Format(System.Globalization.CultureInfo.InvariantCulture, form, number)},A-{number},2026-11-20T10:00:00Z,5,EUR\n"));
        var file = SalesFiles.Read($"gclid,order id,time,value,currency\n{Lines(20)}");
        var few = SalesFiles.Read($"gclid,order id,time,value,currency\n{Lines(19)}");

        Assert.Multiple(() =>
        {
            Assert.That(file.Warnings.GetValueOrDefault(1), warning is null ? Is.Null : Does.Contain(warning), report);
            Assert.That(file.Sales, Has.Count.EqualTo(20), "a warning alone");
            Assert.That(few.Warnings, Is.Empty, "too few to judge");
        });
    }

    [TestCase("pandas-dev/pandas#20717", "4711.0", "4711")]
    [TestCase("googleads/google-ads-python#685", "4711", "4711")]
    [TestCase("segment-boneyard/segment-docs#3440", "null", null)]
    [TestCase("Opteo/google-ads-api#246", "\"\"", null)]
    [TestCase("Opteo/google-ads-api#246", "\" \"", null)]
    [TestCase("segment-boneyard/segment-docs#3440", "\"n/a\"", null)]
    public void The_order_id_of_a_row_is_its_own_or_the_sales(string report, string written, string? expected) =>
        Assert.That(
            Jobs.Reader.Read(Jobs.One($$"""{"order_id":{{written}}}""")).Conversion!.OrderId,
            Is.EqualTo(expected ?? Jobs.SaleId.ToString()), report);

    [TestCase("allegro/allegro-api#5821", 36, null)]
    [TestCase("Leopotam/LeopotamGroupLibraryUnity#3", 100, "INVALID_ORDER_ID")]
    public void An_order_id_is_never_cut(string report, int length, string? code)
    {
        var conversion = Jobs.Reader.Read(Jobs.One($$"""{"order_id":"{{new string('a', length)}}"}""")).Conversion!;

        Assert.That(conversion.OrderId, Has.Length.EqualTo(length), report);
        Assert.That(Core.Providers.ConversionRules.FindFault(conversion)?.Code, Is.EqualTo(code), report);
    }

    [TestCase("pandas-dev/pandas#20717", "4711.0|4712.0", "4711 4712", true)]
    [TestCase("pandas-dev/pandas#20717", "4711.0|4711.1", "4711.0 4711.1")]
    [TestCase("pandas-dev/pandas#28335", "468768768833943384.0|1.0", "was rounded by a spreadsheet", true)]
    [TestCase("react-csv/react-csv#136", "4,687E+11|A-2", "was rounded by a spreadsheet")]
    [TestCase("microsoftgraph/powershell-intune-samples#140", "8.96529E+19|A-2", "was rounded by a spreadsheet")]
    [TestCase("DFE-Digital/register-trainee-teachers#3229", "'46876876883394338|'0012", "46876876883394338 0012")]
    public void The_order_ids_of_a_file_are_read_as_they_were_written_first(string report, string ids, string expected, bool told = false)
    {
        var lines = ids.Split('|').Select((id, index) => $"Cj0K{index};{id};2026-11-20T10:00:00Z;5;EUR\n");
        var file = SalesFiles.Read($"gclid;order id;time;value;currency\n{string.Concat(lines)}");

        Assert.That(file.Faults.Values.FirstOrDefault() ?? string.Join(' ', file.Sales.Select(sale => sale.ExternalRef)), Does.Contain(expected), report);
        Assert.That(file.Understood.Any(line => line.Contains("without the .0", StringComparison.Ordinal)), Is.EqualTo(told), "how they were read");
    }
}
