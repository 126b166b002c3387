using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.DataManager;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Functions.Tests.Cli;
using OpsMantik.Functions.Tests.Providers.DataManager;
using OpsMantik.Functions.Tests.Scenarios;

namespace OpsMantik.Functions.Tests.Providers.GoogleAds;

/// <summary>Tokens and sales go to Google and nowhere else, whatever the settings, an answer or the environment say.</summary>
internal sealed class EgressTests : Scenario
{
    private static readonly string[] Addresses = ["GoogleAds:BaseAddress", "GoogleAds:TokenUri", "DataManager:BaseAddress"];

    [TestCase("https://googleapis.com/", true)]
    [TestCase("https://oauth2.googleapis.com/token", true)]
    [TestCase("https://GoogleAds.GoogleAPIs.com/", true)]
    [TestCase("http://googleads.googleapis.com/", false)]
    [TestCase("https://googleads.googleapis.com.example/", false)]
    [TestCase("https://evilgoogleapis.com/", false)]
    [TestCase("https://example/googleads.googleapis.com/", false)]
    [TestCase("https://googleads.googleapis.com@example/", false)]
    [TestCase("https://user:secret@googleads.googleapis.com/", false)]
    [TestCase("https://accounts.google.com/o/oauth2/token", false)]
    [TestCase("https://127.0.0.1/", false)]
    [TestCase("http://127.0.0.1:8080/", false)]
    public void In_production_only_googles_own_hosts_may_be_named(string address, bool admitted)
    {
        foreach (var setting in Addresses)
        {
            Assert.That(FaultOf((setting, address)), admitted ? Is.Null : Does.StartWith(setting.Replace(":", "__", StringComparison.Ordinal)));
            Assert.That(FaultOf((setting, address), ("AZURE_FUNCTIONS_ENVIRONMENT", "production")), admitted ? Is.Null : Is.Not.Null);
        }
    }

    [TestCase("Google:AllowOtherHosts", "true")]
    [TestCase("AZURE_FUNCTIONS_ENVIRONMENT", "Development")]
    [TestCase("AZURE_FUNCTIONS_ENVIRONMENT", "staging")]
    public void A_switch_or_another_environment_admits_other_hosts_but_none_in_the_clear(string name, string value) => Assert.Multiple(() =>
    {
        foreach (var setting in Addresses)
        {
            Assert.That(FaultOf((setting, "https://gateway.example/"), (name, value)), Is.Null);
            Assert.That(FaultOf((setting, "http://127.0.0.1:8080/"), (name, value)), Is.Null);
            Assert.That(FaultOf((setting, "http://gateway.example/"), (name, value)), Is.Not.Null);
        }
    });

    [TestCase(301)]
    [TestCase(302)]
    [TestCase(307)]
    [TestCase(308)]
    public async Task A_redirect_is_an_outcome_and_nobody_is_at_its_target(int status)
    {
        await using var target = await Target.StartAsync(context => Task.CompletedTask);
        await using var redirecting = await Target.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = $"{target.Address}elsewhere";
            return Task.CompletedTask;
        });
        (string, string)[] uploads = [("GoogleAds:BaseAddress", redirecting.Address), ("DataManager:BaseAddress", redirecting.Address)];

        var ads = await UploadAsync(GoogleAdsFixture.CredentialJson, uploads);
        var dataManager = await UploadAsync(DataManagerFixture.CredentialJson, uploads);
        var token = await UploadAsync(GoogleAdsFixture.CredentialJson, ("GoogleAds:TokenUri", redirecting.Address));

        foreach (var outcome in (UploadOutcome[])[ads, dataManager])
        {
            Assert.That((outcome.Kind, outcome.Code), Is.EqualTo((OutcomeKind.Retry, "REDIRECTED")));
            Assert.That(outcome.Message, Does.Contain($"redirect (HTTP {status})").And.Contain("Google__Proxy"));
        }

        Assert.That((token.Kind, token.Code), Is.EqualTo((OutcomeKind.Retry, "TOKEN_UNAVAILABLE")));
        Assert.That(token.Message, Does.Contain($"redirect (HTTP {status})").And.Contain("GoogleAds__TokenUri"));
        Assert.That((redirecting.Calls, target.Calls), Is.EqualTo((3, 0)));
    }

    /// <summary>A service account's key names its own token_uri, which whoever sealed it chose.</summary>
    [Test]
    public async Task An_address_inside_a_credential_is_never_called()
    {
        await using var target = await Target.StartAsync(context => Task.CompletedTask);
        using var rsa = System.Security.Cryptography.RSA.Create(2048);
        var credential = System.Text.Json.JsonSerializer.Serialize(new
        {
            upload_api = "data_manager",
            customer_id = CustomerId(1),
            conversion_action_id = "456",
            token_uri = target.Address,
            service_account = new
            {
                type = "service_account",
                client_email = "worker@project.example",
                private_key = rsa.ExportPkcs8PrivateKeyPem(),
                project_id = "project",
                token_uri = target.Address,
                auth_uri = target.Address,
                universe_domain = new Uri(target.Address).Authority,
            },
        });

        await UploadAsync(credential);

        Assert.That(target.Calls, Is.Zero);
        Assert.That(Google.TokenCalls, Is.Not.Empty, "the token was asked for at the address of the settings");
    }

    [Test]
    public async Task A_proxy_of_the_environment_is_not_used_and_one_of_the_settings_is()
    {
        var site = await AddSiteAsync(1);
        await using var proxy = await Target.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
            return Task.CompletedTask;
        });
        var settings = Worker.Settings(Google);
        foreach (var variable in (string[])["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
            settings[variable] = proxy.Address;
        settings["NO_PROXY"] = settings["no_proxy"] = "";

        var straight = await VerifyAsync(site, settings);
        var unused = proxy.Calls;
        settings["Google:Proxy"] = proxy.Address;
        var through = await VerifyAsync(site, settings);

        Assert.That((straight.ExitCode, unused), Is.EqualTo((0, 0)), straight.Output + straight.Error);
        Assert.That((through.ExitCode, proxy.Calls > 0), Is.EqualTo((1, true)), through.Output + through.Error);
    }

    private Task<(int ExitCode, string Output, string Error)> VerifyAsync(Guid site, Dictionary<string, string?> settings) =>
        CliProcess.RunAsync(Database.WorkerConnectionString, ["credentials", "verify", "--site", $"{site}"], settings);

    private static string? FaultOf(params (string Name, string Value)[] settings)
    {
        using var services = Services(settings);
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
            return null;
        }
        catch (OptionsValidationException refused)
        {
            return refused.Failures.Single();
        }
    }

    private async Task<UploadOutcome> UploadAsync(string credential, params (string Name, string Value)[] settings)
    {
        await using var services = Services(
        [
            ("Google:AllowOtherHosts", "true"),
            ("GoogleAds:BaseAddress", Google.BaseAddress.ToString()),
            ("GoogleAds:TokenUri", Google.TokenUri.ToString()),
            ("DataManager:BaseAddress", Google.DataManagerBaseAddress.ToString()),
            .. settings,
        ]);
        return (await services.GetRequiredService<IConversionProvider>().UploadAsync(
            GoogleAdsFixture.Credential(credential), [TestConversions.New()], CancellationToken.None))[0];
    }

    private static ServiceProvider Services(params IEnumerable<(string Name, string Value)> settings)
    {
        var last = new Dictionary<string, string?>();
        foreach (var (name, value) in settings)
            last[name] = value;
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(last).Build())
            .AddLogging()
            .AddSingleton<IRequestLeases>(new MemoryLeases(TimeProvider.System))
            .AddGoogleAds()
            .BuildServiceProvider();
    }

    /// <summary>A web server on loopback that counts its calls.</summary>
    private sealed class Target : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private int _calls;

        private Target(RequestDelegate answer)
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            _app = builder.Build();
            _app.Run(context =>
            {
                Interlocked.Increment(ref _calls);
                return answer(context);
            });
        }

        public string Address => $"{_app.Urls.Single()}/";

        public int Calls => _calls;

        public static async Task<Target> StartAsync(RequestDelegate answer)
        {
            var target = new Target(answer);
            await target._app.StartAsync();
            return target;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }
}
