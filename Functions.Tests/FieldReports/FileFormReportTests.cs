using System.Text;

namespace OpsMantik.Functions.Tests.FieldReports;

/// <summary>Reports of whole files: what stands around the sales.</summary>
public class FileFormReportTests
{
    private const string Header = "gclid;order id;time;value;currency";
    private const string Sale = "Cj0K;A-1;2026-11-20T10:00:00Z;5,00;EUR";

    [TestCase("breatheco-de/breatheco-de#1521", "Parameters:TimeZone=US/Eastern\nGoogle Click ID,Order ID,Conversion Time,Conversion Value,Conversion Currency\nCj0K,A-1,2026-11-20 10-00-00+0000,5.00,EUR\n")]
    [TestCase("customermates/customermates#144", "Parameters:TimeZone=Europe/London\nGoogle Click ID,Order ID,Conversion Time,Conversion Value,Conversion Currency\nCj0K,A-1,2026-11-20 10:00:00,5.00,EUR\n")]
    [TestCase("iOfficeAI/OfficeCLI#352", Header + "\n" + Sale + "\n")]
    [TestCase("mui/mui-x#1656", "sep=;\n" + Header + "\n" + Sale + "\n")]
    [TestCase("firefly-iii/firefly-iii#1938", "Umsätze für Händler 7\nvon 1.11.2026\n\n" + Header + "\n" + Sale + "\n")]
    [TestCase("firefly-iii/firefly-iii#1873", Header + "\n" + Sale + "\n;;;;\n ; ;;;\n")]
    [TestCase("getodk/javarosa#687", "\uFEFF" + Header + "\n" + Sale + "\n")]
    [TestCase("FasterXML/jackson-dataformat-csv#47", "\uFEFF\"gclid\";\"order id\";time;value;currency\n" + Sale + "\n")]
    [TestCase("dotCMS/core#36508", "\uFEFFgclid,order id,time,value,currency\nCj0K,A-1,2026-11-20T10:00:00Z,5,EUR\n")]
    [TestCase("jitsucom/jitsu#1449", "gclid,transactionId,time,value,currencyCode\nCj0K,A-1,2026-11-20T10:00:00Z,5,EUR\n")]
    public void The_sale_is_found_in_the_file(string report, string text)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        foreach (var encoding in text.Contains('\uFEFF', StringComparison.Ordinal) ? [Encoding.Default] : new[] { Encoding.Default, Encoding.GetEncoding(1252) })
        {
            var file = SalesFiles.Read(text, encoding: encoding);

            Assert.That(file.Faults, Is.Empty, report);
            Assert.That(
                file.Sales.Select(sale => $"{sale.ClickId} {sale.ExternalRef} {sale.OccurredAt:MM-dd HH:mm} {sale.AmountCents} {sale.Currency}"),
                Is.EqualTo((string[])["Cj0K A-1 11-20 10:00 500 EUR"]), report);
        }
    }

    [TestCase("molgenis/molgenis-emx2#125", Header + "\n", "there are no sales below the header")]
    [TestCase("VertNet/bels#39", "id;when\n1;2\n", "is missing")]
    public void A_file_without_sales_is_a_fault(string report, string text, string fault) =>
        Assert.That(SalesFiles.Read(text).Faults.Values.Single(), Does.Contain(fault), report);
}
