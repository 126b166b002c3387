using System.Globalization;
using System.Text.Json;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Vault;
using OpsMantik.Functions.Tests.Providers.GoogleAds;

namespace OpsMantik.Functions.Tests.Providers.DataManager;

/// <summary>The provider as registered, with Data Manager credentials, at a stub that accepts every request.</summary>
internal sealed class DataManagerFixture : IDisposable
{
    public const string CredentialJson = """
        {"upload_api":"data_manager","customer_id":"123-456-7890","client_id":"555000111222-abc.apps.example",
        "client_secret":"CANARY-client-secret","refresh_token":"CANARY-refresh-token",
        "conversion_action_resource_name":"customers/1234567890/conversionActions/456"}
        """;

    private int _accepted;

    public DataManagerFixture(params (string Name, string Value)[] settings)
    {
        Fixture = new GoogleAdsFixture(settings);
        Google.OnUpload = (_, _) => Task.FromResult(Accept());
    }

    public GoogleAdsFixture Fixture { get; }

    public GoogleStub Google => Fixture.Google;

    /// <summary>The requests that were sent, uploads and questions.</summary>
    public IReadOnlyList<RecordedRequest> Requests => [.. Google.Uploads];

    public static OpenedCredential Credential(string json = CredentialJson) => GoogleAdsFixture.Credential(json);

    public Task<IReadOnlyList<UploadOutcome>> UploadAsync(params Conversion[] conversions) =>
        Fixture.Provider.UploadAsync(Credential(), conversions, CancellationToken.None);

    public async Task<UploadOutcome> UploadOneAsync(string credentials = CredentialJson) =>
        (await Fixture.Provider.UploadAsync(Credential(credentials), TestConversions.Many(1), CancellationToken.None))[0];

    public Task<Confirmation> ConfirmAsync(params int[] indices) => Fixture.Provider.ConfirmAsync(
        Credential(),
        new SubmittedRequest("request-1", [.. indices.Select(index => new SubmittedConversion(Guid.NewGuid(), index))]),
        CancellationToken.None);

    public HttpResponseMessage Accept() => GoogleStub.Json(
        200, $$"""{"requestId":"request-{{Interlocked.Increment(ref _accepted).ToString(CultureInfo.InvariantCulture)}}"}""");

    /// <summary>The transaction ids of a request, in its order.</summary>
    public static IReadOnlyList<string> Transactions(RecordedRequest request)
    {
        using var json = JsonDocument.Parse(request.Body);
        return
        [
            .. json.RootElement.GetProperty("events").EnumerateArray()
                .Select(one => one.GetProperty("transactionId").GetString()!),
        ];
    }

    public void Dispose() => Fixture.Dispose();
}
