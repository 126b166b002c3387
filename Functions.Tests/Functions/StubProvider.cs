using System.Text.Json;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Vault;

namespace OpsMantik.Functions.Tests.Functions;

/// <summary>Completes whatever it is given; its credentials need a customer_id.</summary>
internal sealed class StubProvider : IConversionProvider
{
    public string Key => "google_ads";

    public int MaxBatchSize => 2_000;

    public string? FindFault(JsonElement credentials) =>
        credentials.TryGetProperty("customer_id", out _) ? null : "credentials.customer_id is missing";

    public Task<IReadOnlyList<UploadOutcome>> UploadAsync(
        OpenedCredential credential, IReadOnlyList<Conversion> conversions, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<UploadOutcome>>([.. conversions.Select(_ => UploadOutcome.Completed())]);
}
