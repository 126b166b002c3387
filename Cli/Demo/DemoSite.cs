using System.Globalization;
using System.Text.Json.Nodes;

namespace OpsMantik.Cli.Demo;

/// <summary>A site of the sample file, under an id of this run.</summary>
/// <param name="Number">From 1; makes the site's account numbers.</param>
internal sealed record DemoSite(Guid Id, string Name, int Number)
{
    // The one site of the sample that uploads through the Data Manager API.
    private const string OnDataManager = "garage";

    /// <summary>One site per name, in the order of names.</summary>
    public static IReadOnlyList<DemoSite> From(IEnumerable<string> names) =>
    [
        .. names.Distinct()
            .Order(StringComparer.Ordinal)
            .Select((name, i) => new DemoSite(Guid.NewGuid(), name, i + 1)),
    ];

    /// <summary>The body of a seed request.</summary>
    /// <param name="refreshToken">The emulator refuses one that contains "revoked".</param>
    public JsonObject SeedBody(string refreshToken)
    {
        var account = (1_000_000_000L + Number).ToString(CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["site_id"] = Id.ToString(),
            ["provider_key"] = "google_ads",
            ["credentials"] = new JsonObject
            {
                ["upload_api"] = Name == OnDataManager ? "data_manager" : "google_ads",
                ["customer_id"] = $"{account[..3]}-{account[3..6]}-{account[6..]}",
                ["developer_token"] = "demo-developer-token",
                ["client_id"] = $"demo-{Name}.apps.googleusercontent.com",
                ["client_secret"] = $"demo-secret-{Name}",
                ["refresh_token"] = refreshToken,
                ["conversion_action_resource_name"] = $"customers/{account}/conversionActions/456",
            },
        };
    }

    /// <summary>The token of the sample: that of the site named "revoked" is refused.</summary>
    public string SampleRefreshToken => $"1//demo-{Name}";
}
