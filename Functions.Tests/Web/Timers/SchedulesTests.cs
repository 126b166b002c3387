using Microsoft.Extensions.Configuration;

namespace OpsMantik.Functions.Tests.Web.Timers;

public class SchedulesTests
{
    [TestCase(null)]
    [TestCase("")]
    [TestCase(" ")]
    public void The_runbooks_schedules_are_the_defaults(string? setting)
    {
        Assert.That(Next(Schedules.UploadSetting, setting, Schedules.Upload, 6), Is.EqualTo(new[] { 10, 20, 30, 40, 50, 0 }));
        Assert.That(Next(Schedules.RecoverySetting, setting, Schedules.Recovery, 3), Is.EqualTo(new[] { 30, 0, 30 }));
    }

    [Test]
    public void A_setting_overrides_the_default() =>
        Assert.That(
            Next(Schedules.UploadSetting, "0 1-59/20 * * * *", Schedules.Upload, 3), Is.EqualTo(new[] { 1, 21, 41 }));

    [TestCase("*/10 * * * *", "six cron fields")]
    [TestCase("00:10:00", "six cron fields")]
    [TestCase("0 60 * * * *", "six cron fields")]
    [TestCase("0 0 0 30 2 *", "a date that never comes")]
    public void A_faulty_schedule_is_named_with_its_setting(string text, string fault) =>
        Assert.That(
            () => Next(Schedules.UploadSetting, text, Schedules.Upload, 1),
            Throws.TypeOf<SettingsException>().With.Message.StartsWith("UPLOAD_SCHEDULE ").And.Message.Contains(fault));

    private static int[] Next(string setting, string? text, string fallback, int count)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create(setting, text)])
            .Build();
        var start = new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);
        var occurrences = Schedules.Read(configuration, setting, fallback).GetNextOccurrences(start, start.AddDays(1));
        return [.. occurrences.Take(count).Select(time => time.Minute)];
    }
}
