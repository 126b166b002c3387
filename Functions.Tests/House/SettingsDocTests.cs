using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using OpsMantik.Core;
using RangeAttribute = System.ComponentModel.DataAnnotations.RangeAttribute;

namespace OpsMantik.Functions.Tests.House;

/// <summary>docs/settings.md against the options classes and the sample file.</summary>
internal sealed partial class SettingsDocTests
{
    private static readonly Dictionary<string, Row> Table = Line()
        .Matches(File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "settings.md")))
        .ToDictionary(
            line => line.Groups["name"].Value,
            line => new Row(line.Groups["default"].Value, line.Groups["meaning"].Value));

    private static readonly Dictionary<string, string?> Sample = new ConfigurationBuilder()
        .AddJsonFile(Path.Combine(SourceTree.Root, "local.settings.sample.json")).Build()
        .GetSection("Values").GetChildren().ToDictionary(setting => setting.Key, setting => setting.Value);

    private static readonly Type[] OptionsTypes =
    [
        .. new[] { typeof(CoreServices).Assembly, typeof(Schedules).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal) && SectionOf(type) is not null),
    ];

    private static IEnumerable<TestCaseData> Options =>
        from type in OptionsTypes
        from property in type.GetProperties()
        where property.CanWrite
        select new TestCaseData(type, property).SetArgDisplayNames($"{SectionOf(type)}__{property.Name}");

    [Test]
    public void The_table_and_the_sample_name_the_same_settings() =>
        Assert.That(Table.Keys, Is.Not.Empty.And.EquivalentTo(Sample.Keys));

    [Test]
    public void The_table_names_no_option_that_there_is_not()
    {
        var sections = OptionsTypes.Select(SectionOf).ToList();
        var options = Options.Select(option => Name((Type)option.Arguments[0]!, (PropertyInfo)option.Arguments[1]!));

        Assert.That(sections, Does.Contain("Upload").And.Contain("DataManager").And.Contain("StatusPage"));
        Assert.That(
            Table.Keys.Where(name => sections.Contains(name.Split("__")[0])).Except(options),
            Is.Empty);
    }

    [TestCaseSource(nameof(Options))]
    public void An_option_has_its_default_and_its_range_in_the_table(Type type, PropertyInfo property)
    {
        var name = Name(type, property);
        Assert.That(Table, Does.ContainKey(name));

        var value = property.GetValue(Activator.CreateInstance(type));
        Assert.That(Table[name].Default, Is.EqualTo(value is null ? "none" : $"`{Text(value)}`"));
        Assert.That(Sample[name], Is.EqualTo(value is null ? "" : Text(value)), "the sample has the default");
        var range = property.GetCustomAttribute<RangeAttribute>();
        if (range is not null)
            Assert.That(Table[name].Meaning, Does.EndWith($"; `{Text(range.Minimum)}` to `{Text(range.Maximum)}`."));
        else
            Assert.That(Table[name].Meaning, Does.Not.Contain("` to `"));
    }

    [TestCase(Schedules.UploadSetting, Schedules.Upload)]
    [TestCase(Schedules.RecoverySetting, Schedules.Recovery)]
    [TestCase(Schedules.ConfirmationSetting, Schedules.Confirmation)]
    public void A_schedule_has_its_default_in_the_table(string name, string schedule)
    {
        Assert.That(Table[name].Default, Is.EqualTo($"`{schedule}`"));
        Assert.That(Sample[name], Is.EqualTo(schedule));
    }

    [Test]
    public void Every_function_that_can_be_switched_off_is_named()
    {
        var page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "settings.md"));

        Assert.That(
            FunctionNames.All,
            Is.All.Matches<string>(name => Table.ContainsKey($"AzureWebJobs.{name}.Disabled") || page.Contains($"`{name}`", StringComparison.Ordinal)));
    }

    private static string? SectionOf(Type type) =>
        type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string;

    private static string Name(Type type, PropertyInfo property) => $"{SectionOf(type)}__{property.Name}";

    private static string Text(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        _ => string.Format(CultureInfo.InvariantCulture, "{0}", value),
    };

    [GeneratedRegex(@"^\| `(?<name>[\w.]+)` \| (?<default>[^|]+) \| (?<meaning>[^|]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Line();

    private sealed record Row(string Default, string Meaning);
}
