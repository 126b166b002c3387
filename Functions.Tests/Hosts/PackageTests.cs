using System.Text.Json.Nodes;
using OpsMantik.Core.Runs;
using OpsMantik.Web.Endpoints;

namespace OpsMantik.Functions.Tests.Hosts;

/// <summary>The package is a function app, and the host finds in it what the code and the runbook say.</summary>
internal sealed class PackageTests
{
    // As the runbook and the dashboard's callers know them; not taken from the code, so that it cannot move them unseen.
    private static readonly Dictionary<string, string> RouteOf = new()
    {
        ["ProcessOfflineConversions"] = Paths.Upload,
        ["RecoverProcessing"] = Paths.Recover,
        ["ConfirmUploads"] = Paths.Confirm,
        ["ReconcileUploads"] = Paths.Reconcile,
        ["SeedCredentials"] = Paths.Seed,
        ["Health"] = Paths.Health,
        ["Status"] = Paths.Status,
        ["StatusSale"] = Paths.Sale,
    };

    private static readonly Dictionary<string, string> SettingOf = new()
    {
        ["ProcessOfflineConversionsTimer"] = "UPLOAD_SCHEDULE",
        ["RecoverProcessingTimer"] = "RECOVERY_SCHEDULE",
        ["ConfirmUploadsTimer"] = "CONFIRM_SCHEDULE",
        ["ReconcileUploadsTimer"] = "RECONCILE_SCHEDULE",
    };

    private FunctionAppWorker _worker = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _worker = await FunctionAppWorker.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _worker.DisposeAsync();

    [Test]
    public void The_host_is_told_of_each_function_by_the_worker_itself()
    {
        Assert.That(
            _worker.Host.Functions.Select(function => function.Name), Is.EquivalentTo(RouteOf.Keys.Concat(SettingOf.Keys)));
        Assert.That(FunctionNames.All, Is.EquivalentTo(RouteOf.Keys.Concat(SettingOf.Keys)));
    }

    [Test]
    public async Task It_holds_what_the_host_reads_and_nothing_of_the_developers_machine_or_of_other_systems()
    {
        var folder = await PublishedApp.FolderAsync();
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).ToList();

        Assert.Multiple(() =>
        {
            Assert.That(files, Is.SupersetOf(new[] { "host.json", "worker.config.json", "functions.metadata", "OpsMantik.Functions" }));
            Assert.That(files, Has.None.EndsWith("function.json").And.None.EqualTo("local.settings.json").And.None.EndsWith(".xml"));
            Assert.That(files, Has.None.StartsWith("runtimes"), "only Azure's Linux");
            Assert.That(files, Has.None.StartsWith("wwwroot").And.None.Contains("staticwebassets").And.None.Contains("blazor"), "the status page loads no files");
            Assert.That(files.Where(file => file.Contains("sodium") && !file.EndsWith("Sodium.Core.dll", StringComparison.Ordinal)),
                Is.EqualTo(new[] { "libsodium.so" }));
        });
    }

    [Test]
    public void An_http_function_has_its_route_and_leaves_method_and_caller_to_the_endpoint() => Assert.Multiple(() =>
    {
        foreach (var function in _worker.Host.Functions.Where(function => function.Route is not null))
        {
            Assert.That($"/api/{function.Route}", Is.EqualTo(RouteOf[function.Name]), function.Name);
            // The host would answer a method it does not know by itself, and otherwise than the endpoint.
            Assert.That(
                function.Methods, Is.EqualTo(new[] { "get", "head", "post", "put", "patch", "delete", "options" }), function.Name);
            Assert.That(function.Binding.GetProperty("authLevel").GetString(), Is.EqualTo("Anonymous"), function.Name);
        }
    });

    [Test]
    public void A_timer_has_its_schedule_from_its_setting_is_monitored_and_does_not_run_at_start() => Assert.Multiple(() =>
    {
        foreach (var function in _worker.Host.Functions.Where(function => function.Schedule is not null))
        {
            Assert.That(function.Schedule, Is.EqualTo($"%{SettingOf[function.Name]}%"), function.Name);
            Assert.That(function.Binding.TryGetProperty("useMonitor", out var monitor) && !monitor.GetBoolean(), Is.False, function.Name);
            Assert.That(function.Binding.TryGetProperty("runOnStartup", out var atStart) && atStart.GetBoolean(), Is.False, function.Name);
        }
    });

    [Test]
    public async Task The_hosts_settings_leave_a_run_its_time_and_the_telemetry_to_opentelemetry()
    {
        var host = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(await PublishedApp.FolderAsync(), "host.json")))!;

        Assert.Multiple(() =>
        {
            Assert.That((string?)host["version"], Is.EqualTo("2.0"));
            Assert.That((string?)host["telemetryMode"], Is.EqualTo("OpenTelemetry"));
            Assert.That((string?)host["extensions"]!["http"]!["routePrefix"], Is.EqualTo(Routes.Prefix));
            Assert.That(
                host["extensions"]!["http"]!["customHeaders"]!.AsObject().Select(header => (header.Key, (string)header.Value!)),
                Is.EquivalentTo(AnswerHeaders.All), "of what the host answers by itself");
            Assert.That((bool)host["extensions"]!["http"]!["hsts"]!["isEnabled"]!, Is.True);
            Assert.That(host["logging"]!["applicationInsights"], Is.Null, "sampling does nothing in OpenTelemetry mode");
            Assert.That(
                TimeSpan.Parse((string)host["functionTimeout"]!, System.Globalization.CultureInfo.InvariantCulture),
                Is.GreaterThan(RunDeadline.Longest).And.LessThanOrEqualTo(TimeSpan.FromMinutes(10)),
                "a run ends by itself before the host ends it; ten minutes is what a consumption plan grants");
        });
    }

    [Test]
    public void A_route_of_the_code_is_the_runbooks() => Assert.That(
        new[]
        {
            Routes.ProcessOfflineConversions, Routes.RecoverProcessing, Routes.ConfirmUploads, Routes.ReconcileUploads,
            Routes.SeedCredentials, Routes.Health, Routes.Status, Routes.Sale,
        }.Select(Routes.PathOf),
        Is.EqualTo(new[] { Paths.Upload, Paths.Recover, Paths.Confirm, Paths.Reconcile, Paths.Seed, Paths.Health, Paths.Status, Paths.Sale }));

    [Test]
    public void A_schedules_setting_of_the_code_is_the_runbooks() => Assert.That(
        new[] { Schedules.UploadSetting, Schedules.RecoverySetting, Schedules.ConfirmationSetting, Schedules.ReconciliationSetting }, Is.EquivalentTo(SettingOf.Values));

    [Test]
    public async Task A_switched_off_function_is_left_to_the_host()
    {
        await using var worker = await FunctionAppWorker.StartAsync(("AzureWebJobs.Health.Disabled", "true"));

        using var off = await worker.Http.GetAsync(Paths.Health);

        Assert.That(off.StatusCode, Is.EqualTo(System.Net.HttpStatusCode.NotFound));
        Assert.That(worker.Host.Functions.Select(function => function.Name), Has.Some.EqualTo("Health"), "the worker declares it all the same");
    }

    [Test]
    public async Task A_large_body_is_taken_off_the_hosts_connection_and_refused_in_the_endpoints_words()
    {
        using var body = new ByteArrayContent(new byte[3_000_000]);

        using var response = await _worker.PostAsync(Paths.Seed, body);

        Assert.That((int)response.StatusCode, Is.EqualTo(413));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("at most 65536 bytes"));
    }

    [Test]
    public async Task No_call_of_many_at_once_is_lost()
    {
        var statuses = new System.Collections.Concurrent.ConcurrentBag<int>();

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 5_000),
            new ParallelOptions { MaxDegreeOfParallelism = 32 },
            async (_, cancellation) =>
            {
                using var response = await _worker.Http.GetAsync(Paths.Health + "?unknown", cancellation);
                statuses.Add((int)response.StatusCode);
            });

        Assert.That(statuses, Has.Count.EqualTo(5_000).And.All.EqualTo(400));
    }
}
