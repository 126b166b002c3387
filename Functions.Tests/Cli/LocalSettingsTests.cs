using Microsoft.Extensions.Configuration;
using OpsMantik.Cli.Serve;

namespace OpsMantik.Functions.Tests.Cli;

public class LocalSettingsTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("opsmantik-settings-").FullName;

    [TearDown]
    public void DropFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Values_are_read_as_environment_variables_would_be()
    {
        Write("""{ "IsEncrypted": false, "Values": { "Upload__TimeBudget": "00:01:00", "CRON_SECRET": "CANARY-file" } /* */ }""");

        var configuration = new ConfigurationBuilder().AddLocalSettings("/nowhere", _folder).Build();

        Assert.That(configuration["Upload:TimeBudget"], Is.EqualTo("00:01:00"));
        Assert.That(configuration["CRON_SECRET"], Is.EqualTo("CANARY-file"));
    }

    [Test]
    public void No_file_is_no_fault() =>
        Assert.That(new ConfigurationBuilder().AddLocalSettings(_folder).Build().AsEnumerable(), Is.Empty);

    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("{\"Values\":[\"CANARY-x\"]}")]
    public void A_broken_file_is_named_without_its_content(string text)
    {
        Write(text);

        Assert.That(
            () => new ConfigurationBuilder().AddLocalSettings(_folder),
            Throws.TypeOf<SettingsException>().With.Message.StartsWith("local.settings.json").And.Message.Not.Contains("CANARY-"));
    }

    private void Write(string text) => File.WriteAllText(Path.Combine(_folder, LocalSettings.FileName), text);
}
