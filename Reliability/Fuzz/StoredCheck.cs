using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Vault;

namespace OpsMantik.Reliability.Fuzz;

/// <summary>What the seed endpoint stored: as often as it said so, and nothing that cannot be opened and used.</summary>
internal static class StoredCheck
{
    /// <param name="accepted">Sites that an answer 200 named, once per answer.</param>
    /// <param name="unanswered">Requests whose caller broke off and that may have been accepted unheard.</param>
    public static async Task<IReadOnlyList<string>> FindFaultsAsync(
        FuzzBed bed, IReadOnlyCollection<Guid> accepted, int unanswered)
    {
        var sites = (await bed.Database.ScalarAsync<Guid[]>("select coalesce(array_agg(w.site_id), '{}') from fuzz_writes w"))!;
        var payloads = (await bed.Database.ScalarAsync<string[]>(
            "select coalesce(array_agg(w.encrypted_payload || ' ' || w.key_fingerprint), '{}') from fuzz_writes w"))!;
        List<string> faults = [];
        if (sites.Length < accepted.Count || sites.Length > accepted.Count + unanswered)
            faults.Add($"{sites.Length} credentials were stored, {accepted.Count} accepted ({unanswered} unheard)");
        if (accepted.Except(sites).Any())
            faults.Add("credentials were accepted and not stored");

        var vault = bed.Own.Services.GetRequiredService<CredentialVault>();
        var provider = bed.Own.Services.GetRequiredService<IConversionProvider>();
        faults.AddRange(payloads.Select(payload => FindFault(vault, provider, payload.Split(' '))).OfType<string>());
        return faults;
    }

    private static string? FindFault(CredentialVault vault, IConversionProvider provider, string[] parts)
    {
        var opening = vault.Open(new SealedCredential(parts[0], parts[1]));
        if (!opening.Opened)
            return "a stored credential cannot be opened";
        using var json = opening.Credential.Parse();
        return provider.FindFault(json.RootElement) is { } fault ? $"a stored credential is not valid: {fault}" : null;
    }
}
