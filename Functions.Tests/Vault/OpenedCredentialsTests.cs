using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpsMantik.Core;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Vault;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Vault;

/// <summary>How long the plain text of credentials is in memory.</summary>
internal sealed class OpenedCredentialsTests : Scenario
{
    [Test]
    public void Disposing_overwrites_the_text()
    {
        var text = Encoding.UTF8.GetBytes("""{"refresh_token":"CANARY"}""");
        var credential = new OpenedCredential(text);
        using (var json = credential.Parse())
            Assert.That(json.RootElement.GetProperty("refresh_token").GetString(), Is.EqualTo("CANARY"));

        credential.Dispose();
        credential.Dispose();

        Assert.That(text, Is.All.Zero);
        Assert.That(() => credential.Parse(), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task After_its_group_a_credential_is_gone_whatever_became_of_the_group()
    {
        foreach (var number in (int[])[1, 2])
            await Database.EnqueueAsync(await AddSiteAsync(number), 1, $"s{number}");
        var provider = new KeepingProvider();
        await using var worker = new Worker(
            Database, Google, services => services.RemoveAll<IConversionProvider>().AddSingleton<IConversionProvider>(provider));

        await worker.UploadAsync();

        Assert.That(provider.Kept, Has.Count.EqualTo(2));
        foreach (var credential in provider.Kept)
            Assert.That(() => credential.Parse(), Throws.TypeOf<ObjectDisposedException>());
    }

    [TestCase("{\"a\":\"\\ud800\"}")]
    [TestCase("{\"\\udc00\":1}")]
    public void A_text_that_is_no_unicode_is_refused_without_making_strings_of_it(string json) =>
        Assert.That(() => UnicodeJson.Parse(Encoding.UTF8.GetBytes(json)), Throws.InstanceOf<JsonException>());

    /// <summary>Takes the first upload, throws at the second, and keeps what it was handed.</summary>
    private sealed class KeepingProvider : IConversionProvider
    {
        private readonly List<OpenedCredential> _kept = [];

        public string Key => "google_ads";

        public int MaxBatchSize => 2_000;

        public IReadOnlyList<OpenedCredential> Kept => _kept;

        public string? FindFault(JsonElement credentials) => null;

        public Task<IReadOnlyList<UploadOutcome>> UploadAsync(
            OpenedCredential credential, IReadOnlyList<Conversion> conversions, CancellationToken cancellationToken)
        {
            lock (_kept)
            {
                _kept.Add(credential);
                using var json = credential.Parse();
                return _kept.Count == 1
                    ? Task.FromResult<IReadOnlyList<UploadOutcome>>([.. conversions.Select(_ => UploadOutcome.Completed())])
                    : throw new InvalidOperationException("a bug");
            }
        }
    }
}
