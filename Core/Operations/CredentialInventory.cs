using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using OpsMantik.Core.Database;
using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Operations;

/// <summary>Which credentials are stored, and what of them is no secret.</summary>
public sealed class CredentialInventory
{
    private const int PageSize = 500;

    // What may be shown; everything else in there, known or not, counts as a secret.
    private static readonly string[] PublicFields =
    [
        "upload_api", "customer_id", "login_customer_id", "conversion_action_resource_name", "conversion_action_id",
    ];

    private static readonly string Sql = SqlText.Load("Operations.Sql.Credentials");

    private readonly NpgsqlDataSource _database;

    internal CredentialInventory(NpgsqlDataSource database) => _database = database;

    /// <summary>In the order of their sites, a page at a time; no statement stays open in between.</summary>
    public async IAsyncEnumerable<StoredCredential> ListAsync(
        Guid? siteId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var (site, provider) = (Guid.Empty, ""); ;)
        {
            var page = await ReadAsync(siteId, site, provider, cancellationToken);
            foreach (var credential in page)
                yield return credential;
            if (page.Count < PageSize)
                yield break;
            (site, provider) = (page[^1].SiteId, page[^1].ProviderKey);
        }
    }

    /// <summary>What a site has for a provider; null when it has none.</summary>
    public async Task<StoredCredential?> FindAsync(Guid siteId, string providerKey, CancellationToken cancellationToken) =>
        await ListAsync(siteId, cancellationToken).FirstOrDefaultAsync(each => each.ProviderKey == providerKey, cancellationToken);

    /// <summary>The fields that are no secret, in a fixed order; empty when the text is no JSON object.</summary>
    public static IReadOnlyList<(string Name, string Value)> PublicFieldsOf(OpenedCredential credential)
    {
        try
        {
            using var json = credential.Parse();
            return json.RootElement.ValueKind != JsonValueKind.Object
                ? []
                : [.. from name in PublicFields
                      where json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                      select (name, Printable(json.RootElement.GetProperty(name).GetString()!))];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    private async Task<List<StoredCredential>> ReadAsync(
        Guid? siteId, Guid afterSite, string afterProvider, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = (object?)siteId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = afterSite });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = afterProvider });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PageSize });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var page = new List<StoredCredential>();
        while (await reader.ReadAsync(cancellationToken))
        {
            page.Add(new StoredCredential(
                reader.GetGuid(0),
                reader.GetString(1),
                new SealedCredential(reader.GetString(2), reader.GetString(3)),
                reader.GetBoolean(4),
                reader.GetDateTime(5)));
        }

        return page;
    }

    // A value of the wrong kind must not reach a terminal as it is.
    private static string Printable(string value) =>
        new StringBuilder().AppendJoin("", value.Take(100).Where(letter => !char.IsControl(letter))).ToString();
}

/// <summary>A site's credentials as the database holds them, sealed.</summary>
/// <param name="UpdatedAt">UTC; when they were stored. Rotating the key does not change it.</param>
public sealed record StoredCredential(
    Guid SiteId, string ProviderKey, SealedCredential Sealed, bool IsActive, DateTime UpdatedAt)
{
    /// <summary>The row that they stand in, and must be sealed for if they say so.</summary>
    public CredentialRow Row => new(SiteId, ProviderKey);
}
