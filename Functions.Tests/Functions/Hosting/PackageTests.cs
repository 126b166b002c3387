using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Functions.Endpoints;
using OpsMantik.Functions.Timers;

namespace OpsMantik.Functions.Tests.Functions.Hosting;

/// <summary>The published folder is a function app, and says what the code says.</summary>
internal sealed class PackageTests
{
    private static readonly Dictionary<string, string> SettingOf = new()
    {
        [FunctionNames.ProcessOfflineConversionsTimer] = Schedules.UploadSetting,
        [FunctionNames.RecoverProcessingTimer] = Schedules.RecoverySetting,
        [FunctionNames.ConfirmUploadsTimer] = Schedules.ConfirmationSetting,
    };

    [Test]
    public void There_is_one_folder_for_each_function()
    {
        var folders = Directory.GetFiles(PublishedApp.Folder, "function.json", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(PublishedApp.Folder, Path.GetDirectoryName(path)!));

        Assert.That(folders, Is.EquivalentTo(FunctionNames.All));
    }

    [Test]
    public async Task An_http_function_has_its_endpoints_route_and_leaves_method_and_caller_to_the_endpoint()
    {
        await using var app = await RunningApp.StartAsync();
        var endpoints = app.Services.GetServices<IEndpoint>().ToList();

        Assert.That(endpoints, Has.Count.EqualTo(6));
        Assert.Multiple(() =>
        {
            foreach (var endpoint in endpoints)
            {
                // The host would answer a method it does not know by itself, and otherwise than the endpoint.
                AssertBindings(endpoint.Function, $$"""
                    [
                      {
                        "type": "httpTrigger", "direction": "in", "name": "req", "route": "{{endpoint.Route}}",
                        "methods": ["get", "head", "post", "put", "patch", "delete", "options"],
                        "authLevel": "anonymous"
                      },
                      { "type": "http", "direction": "out", "name": "$return" }
                    ]
                    """);
            }
        });
    }

    [Test]
    public async Task A_timer_has_its_schedule_from_its_setting_is_monitored_and_does_not_run_at_start()
    {
        await using var app = await RunningApp.StartAsync();
        var timers = app.Services.GetServices<TimerJob>().Select(timer => timer.Function).ToList();

        Assert.That(timers, Is.EquivalentTo(SettingOf.Keys));
        Assert.Multiple(() =>
        {
            foreach (var timer in timers)
            {
                AssertBindings(timer, $$"""
                    [
                      {
                        "type": "timerTrigger", "direction": "in", "name": "timer",
                        "schedule": "%{{SettingOf[timer]}}%", "useMonitor": true, "runOnStartup": false
                      }
                    ]
                    """);
            }
        });
    }

    [Test]
    public void The_host_starts_the_app_and_sends_requests_to_their_own_path()
    {
        var host = Read("host.json");

        Assert.Multiple(() =>
        {
            Assert.That((string?)host["version"], Is.EqualTo("2.0"));
            Assert.That((string?)host["telemetryMode"], Is.EqualTo("OpenTelemetry"));
            Assert.That((string?)host["functionTimeout"], Is.EqualTo("00:10:00"));
            Assert.That((string?)host["extensions"]!["http"]!["routePrefix"], Is.EqualTo(Routes.Prefix));
            Assert.That((bool?)host["customHandler"]!["enableForwardingHttpRequest"], Is.True);
            Assert.That(
                PathOf((string)host["customHandler"]!["description"]!["defaultExecutablePath"]!), Does.Exist);
        });
    }

    [Test]
    public void Nothing_of_the_developers_machine_is_in_it() =>
        Assert.That(PathOf(LocalSettings.FileName), Does.Not.Exist);

    private static void AssertBindings(string function, string expected)
    {
        var bindings = Read(Path.Combine(function, "function.json"))["bindings"];
        Assert.That(JsonNode.DeepEquals(bindings, JsonNode.Parse(expected)), $"{function}: {bindings}");
    }

    private static JsonNode Read(string path) => JsonNode.Parse(File.ReadAllText(PathOf(path)))!;

    private static string PathOf(string path) => Path.Combine(PublishedApp.Folder, path);
}
