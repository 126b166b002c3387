using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Emulator = OpsMantik.Local.GoogleEmulator.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator;

/// <summary>One emulator per test on a clock that stands still, spoken to by raw HTTP.</summary>
public abstract class EmulatorFixture
{
    protected const string Customer = "1234567890";
    protected const string Action = "customers/1234567890/conversionActions/777";

    protected FakeTimeProvider Time { get; private set; } = null!;

    protected Emulator Emulator { get; private set; } = null!;

    protected HttpClient Http { get; private set; } = null!;

    [SetUp]
    public async Task Start()
    {
        Time = new(new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero));
        Emulator = await OpsMantik.Local.GoogleEmulator.GoogleEmulator.StartAsync(Time);
        Http = new() { BaseAddress = Emulator.BaseAddress, Timeout = TimeSpan.FromSeconds(30) };
        await UseTokenOfAsync("CANARY-refresh");
    }

    [TearDown]
    public async Task Stop()
    {
        Http.Dispose();
        await Emulator.DisposeAsync();
    }

    protected async Task UseTokenOfAsync(string refreshToken)
    {
        var (_, json) = await PostTokenAsync(refreshToken);
        Http.DefaultRequestHeaders.Authorization = new("Bearer", (string?)json["access_token"]);
    }

    protected Task<(HttpStatusCode Status, JsonNode Json)> PostTokenAsync(
        string? refreshToken, string? grantType = "refresh_token", string? clientId = "CANARY-client",
        string? clientSecret = "CANARY-secret")
    {
        Dictionary<string, string?> form = new()
        {
            ["grant_type"] = grantType,
            ["client_id"] = clientId,
            ["client_secret"] = clientSecret,
            ["refresh_token"] = refreshToken,
        };
        return PostFormAsync(form);
    }

    protected Task<(HttpStatusCode Status, JsonNode Json)> PostFormAsync(
        IEnumerable<KeyValuePair<string, string?>> form)
    {
        var sent = form.Where(field => field.Value is not null)
            .Select(field => KeyValuePair.Create(field.Key, field.Value!));
        return SendAsync(Emulator.TokenUri, new FormUrlEncodedContent(sent));
    }

    /// <summary>A conversion that Google takes, different for every number.</summary>
    protected static JsonObject Row(int number) => new()
    {
        ["gclid"] = $"click-{number}",
        ["conversionAction"] = Action,
        ["conversionDateTime"] = "2026-11-20 12:00:00+03:00",
        ["conversionValue"] = 12.5,
        ["currencyCode"] = "TRY",
        ["orderId"] = $"sale-{number}",
    };

    protected static JsonObject Row(int number, string field, JsonNode? value)
    {
        var row = Row(number);
        row[field] = value;
        return row;
    }

    protected static JsonObject Request(params IEnumerable<JsonObject> rows) => new()
    {
        ["conversions"] = new JsonArray([.. rows]),
        ["partialFailure"] = true,
    };

    protected Task<(HttpStatusCode Status, JsonNode Json)> UploadAsync(params IEnumerable<JsonObject> rows) =>
        PostUploadAsync(Request(rows));

    protected Task<(HttpStatusCode Status, JsonNode Json)> PostUploadAsync(
        JsonObject request, string customer = Customer, string version = "v25") =>
        SendAsync(Path(customer, version), Content(request));

    protected static Uri Path(string customer = Customer, string version = "v25") =>
        new($"/{version}/customers/{customer}:uploadClickConversions", UriKind.Relative);

    protected static HttpContent Content(JsonObject request)
    {
        var content = new StringContent(request.ToJsonString());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    /// <summary>The errors of the one GoogleAdsFailure, of a partial failure or of a whole request.</summary>
    protected static JsonArray Errors(JsonNode answer)
    {
        var details = (answer["partialFailureError"] ?? answer["error"])!["details"]!.AsArray();
        Assert.That(details, Has.Count.EqualTo(1));
        return details[0]!["errors"]!.AsArray();
    }

    /// <summary>Each error as <c>key/CODE at path</c>.</summary>
    protected static string[] Summaries(JsonNode answer) =>
        answer["partialFailureError"] is null && answer["error"] is null ? [] :
        [
            .. Errors(answer).Select(error =>
            {
                var (key, code) = error!["errorCode"]!.AsObject().Single();
                var path = error["location"]?["fieldPathElements"]!.AsArray()
                    .Select(part => part!["index"] is { } i ? $"{part["fieldName"]}[{i}]" : $"{part["fieldName"]}");
                return path is null ? $"{key}/{code}" : $"{key}/{code} at {string.Join('.', path)}";
            }),
        ];

    protected static async Task<(HttpStatusCode Status, JsonNode Json)> ReadAsync(HttpResponseMessage response) =>
        (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);

    protected async Task<(HttpStatusCode Status, JsonNode Json)> SendAsync(Uri uri, HttpContent content)
    {
        using (content)
        {
            using var response = await Http.PostAsync(uri, content);
            return await ReadAsync(response);
        }
    }
}
