using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Vault;
using Spectre.Console;

namespace OpsMantik.Cli.Credentials;

/// <summary><c>opsmantik credentials</c>: the production path for a site's credentials.</summary>
internal static class CredentialsCommand
{
    public static Command Create() => new("credentials", "Stores, tries, lists and re-seals the credentials of sites.")
    {
        SetCommand.Create(),
        ShowCommand.Create(),
        VerifyCommand.Create(),
        ListCommand.Create(),
        RotateKeyCommand.Create(),
    };
}

/// <summary><c>opsmantik credentials list</c>: which sites have some, and by which key they are sealed.</summary>
internal static class ListCommand
{
    public static Command Create() => OperatorCommand.Create(
        "list",
        "Which sites have credentials, since when, and by which vault key they are sealed. Needs no key.",
        ["opsmantik credentials list", "opsmantik credentials list --json"],
        [],
        async (services, _, output, stopping) =>
        {
            var stored = await services.GetRequiredService<CredentialInventory>()
                .ListAsync(null, stopping).ToListAsync(stopping);
            output.Write(
                stored.Select(each => new
                {
                    each.SiteId,
                    each.ProviderKey,
                    each.Sealed.KeyFingerprint,
                    each.IsActive,
                    each.UpdatedAt,
                }),
                console => Print(console, stored));
            return ExitCodes.Success;
        });

    private static void Print(IAnsiConsole console, List<StoredCredential> stored)
    {
        var table = new Table().AddColumns("site", "provider", "key", "since", "");
        foreach (var each in stored)
        {
            table.AddTextRow(
                each.SiteId.ToString(),
                each.ProviderKey,
                each.Sealed.KeyFingerprint,
                each.UpdatedAt.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture),
                each.IsActive ? "" : "not active");
        }

        console.Write(table);
    }
}

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
            async (services, parsed, output, stopping) =>
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

                output.Write(lines, console =>
                {
                    foreach (var (name, value) in lines)
                        console.Verbatim($"{name,-32}{value}");
                });
                return opening.Credential is null ? ExitCodes.Failure : ExitCodes.Success;
            });
    }
}

/// <summary><c>opsmantik credentials rotate-key</c>: seals everything with the current key; may be run again at any time.</summary>
internal static class RotateKeyCommand
{
    public static Command Create()
    {
        var actor = ActorOption.Create();
        return OperatorCommand.Create(
            "rotate-key",
            "Seals every credential with OPSMANTIK_VAULT_KEY that an older key (OPSMANTIK_VAULT_PREVIOUS_KEYS) sealed. Give "
            + "the workers both keys first; they may run meanwhile. If it is interrupted, run it again. Exit code 1 when some "
            + "could not be opened.",
            ["opsmantik credentials rotate-key"],
            [actor],
            async (services, parsed, output, stopping) =>
            {
                var result = await services.GetRequiredService<KeyRotation>().RunAsync(
                    parsed.GetValue(actor)!, new Progress(output), stopping);
                output.Write(result, console => console.Verbatim(
                    $"re-sealed={result.Resealed} already current={result.Current} changed meanwhile={result.Changed}"));
                Name(output, "sealed by a key that is not given", result.UnknownKey);
                Name(output, "damaged", result.Unreadable);
                return result.UnknownKey.Count + result.Unreadable.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
            });
    }

    private static void Name(CommandOutput output, string fault, IReadOnlyList<Guid> sites)
    {
        foreach (var site in sites)
            output.WriteLine($"site {site}: {fault}");
    }

    // Not Progress<T>: that one reports from another thread, after the result may be out.
    private sealed class Progress(CommandOutput output) : IProgress<long>
    {
        public void Report(long value) => output.WriteLine($"{value} re-sealed");
    }
}
