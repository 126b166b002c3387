using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Cli.Operator;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Vault;

namespace OpsMantik.Cli.Credentials;

/// <summary><c>opsmantik credentials show</c>: what of a site's credentials is no secret.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var site = new Option<Guid>("--site") { Description = "Whose credentials.", Required = true };
        var provider = ProviderOption.Create();
        return OperatorCommand.Create(
            "show",
            "What of a site's credentials is no secret: account, action, upload API, vault key, age. Needs the vault key.",
            ["opsmantik credentials show --site 11111111-1111-1111-1111-111111111111"],
            [site, provider],
            async (services, parsed, answer, stopping) =>
            {
                var (id, key) = (parsed.GetValue(site), parsed.GetValue(provider)!);
                var stored = await services.GetRequiredService<CredentialInventory>()
                    .FindAsync(id, key, stopping)
                    ?? throw new OperatorException($"Site {id} has no credentials for {key}.");
                var opening = services.GetRequiredService<CredentialVault>().Open(stored.Sealed);
                var lines = new Dictionary<string, string>
                {
                    ["site_id"] = id.ToString(),
                    ["provider_key"] = key,
                    ["key_fingerprint"] = stored.Sealed.KeyFingerprint,
                    ["active"] = stored.IsActive ? "yes" : "no",
                    ["stored_at"] = stored.UpdatedAt.ToString("O", CultureInfo.InvariantCulture),
                    ["opens"] = opening.Fault switch
                    {
                        null => "yes",
                        VaultFault.UnknownKey => "no: sealed by a key that is not given",
                        _ => "no: the text is damaged",
                    },
                };
                if (opening.Credential is { } opened)
                {
                    foreach (var (name, value) in CredentialInventory.PublicFieldsOf(opened))
                        lines[name] = value;
                }

                answer.Give(lines, screen =>
                {
                    foreach (var (name, value) in lines)
                        screen.Verbatim($"{name,-32}{value}");
                });
                return opening.Credential is null ? ExitCodes.Failure : ExitCodes.Success;
            });
    }
}
