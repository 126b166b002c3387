using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Sites;
using OpsMantik.Core.Vault;
using Spectre.Console;

namespace OpsMantik.Cli.Credentials;

/// <summary><c>opsmantik credentials</c>: the production path for a site's credentials.</summary>
internal static class CredentialsCommand
{
    public static Command Create() => new("credentials", "Stores, tries, lists and re-seals the credentials of sites.")
    {
        ConnectCommand.Create(),
        SetCommand.Create(),
        ShowCommand.Create(),
        VerifyCommand.Create(),
        ListCommand.Create(),
        RotateKeyCommand.Create(),
    };
}

/// <summary><c>opsmantik credentials list</c>: which sites have some, by which key they are sealed, and whether for their site.</summary>
internal static class ListCommand
{
    public static Command Create() => OperatorCommand.Create(
        "list",
        "Which sites have credentials, since when, and by which vault key they are sealed. Needs no key; with it, also which are "
        + "unbound: sealed without their site, as the dashboard does, until rotate-key adds it.",
        ["opsmantik credentials list", "opsmantik credentials list --json"],
        [],
        async (services, _, output, stopping) =>
        {
            var stored = await services.GetRequiredService<CredentialInventory>()
                .ListAsync(null, stopping).ToListAsync(stopping);
            var vault = FindVault(services);
            var listed = stored.Select(each => (Stored: each, Binding: BindingOf(vault, each))).ToList();
            var names = await services.ReadSiteNamesAsync(stored.Select(each => each.SiteId), stopping);
            output.Write(
                listed.Select(each => new
                {
                    each.Stored.SiteId,
                    site_name = names.TitleOf(each.Stored.SiteId),
                    each.Stored.ProviderKey,
                    each.Stored.Sealed.KeyFingerprint,
                    each.Stored.IsActive,
                    each.Stored.UpdatedAt,
                    each.Binding,
                }),
                console => Print(console, listed, names));
            return ExitCodes.Success;
        });

    // The list is for whoever has lost the key, too.
    private static CredentialVault? FindVault(IServiceProvider services)
    {
        try
        {
            return services.GetRequiredService<CredentialVault>();
        }
        catch (OptionsValidationException)
        {
            return null;
        }
    }

    private static string BindingOf(CredentialVault? vault, StoredCredential stored)
    {
        using var opening = vault?.Open(stored.Row, stored.Sealed) ?? default;
        return opening.Credential is { } opened ? opened.IsBound ? "bound" : "unbound"
            : opening.Fault == VaultFault.NotOfThisRow ? "of another site"
            : "unknown";
    }

    private static void Print(IAnsiConsole console, List<(StoredCredential Stored, string Binding)> stored, SiteNames names)
    {
        var table = new Table().AddColumns("site", "provider", "key", "since", "note");
        foreach (var (each, binding) in stored)
        {
            string[] notes = [each.IsActive ? "" : "not active", binding is "bound" or "unknown" ? "" : binding];
            table.AddTextRow(
                names.Show(each.SiteId),
                each.ProviderKey,
                each.Sealed.KeyFingerprint,
                each.UpdatedAt.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture),
                string.Join(", ", notes.Where(note => note.Length > 0)));
        }

        console.Write(table);
    }
}

/// <summary><c>opsmantik credentials show</c>: what of a site's credentials is no secret.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var site = SiteOption.Create("Whose credentials.", required: true);
        var provider = ProviderOption.Create();
        return OperatorCommand.Create(
            "show",
            "What of a site's credentials is no secret: account, action, upload API, vault key, age. Needs the vault key. "
            + "Exit code 1 when they do not open.",
            ["opsmantik credentials show --site cafe.example"],
            [site, provider],
            async (services, parsed, output, stopping) =>
            {
                var (id, key) = (await site.ReadRequiredAsync(services, parsed, stopping), parsed.GetValue(provider)!);
                var stored = await services.GetRequiredService<CredentialInventory>()
                    .FindAsync(id, key, stopping)
                    ?? throw new OperatorException($"Site {id} has no credentials for {key}.", SetCommand.LineFor(id));
                var names = await services.ReadSiteNamesAsync([id], stopping);
                using var opening = services.GetRequiredService<CredentialVault>().Open(stored.Row, stored.Sealed);
                var lines = new Dictionary<string, string>
                {
                    ["site_id"] = id.ToString(),
                    ["provider_key"] = key,
                    ["key_fingerprint"] = stored.Sealed.KeyFingerprint,
                    ["active"] = stored.IsActive ? "yes" : "no",
                    ["stored_at"] = stored.UpdatedAt.ToString("O", CultureInfo.InvariantCulture),
                    ["opens"] = opening.Fault switch
                    {
                        null => opening.Credential!.IsBound ? "yes" : "yes; unbound: sealed without its site, which rotate-key adds",
                        VaultFault.UnknownKey => "no: sealed by a key that is not given",
                        VaultFault.NotOfThisRow => "no: sealed for another site or provider, and copied here",
                        _ => "no: the text is damaged",
                    },
                };
                if (names.TitleOf(id) is { } title)
                    lines["site_name"] = title;
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
            "Seals every credential with OPSMANTIK_VAULT_KEY that an older key (OPSMANTIK_VAULT_PREVIOUS_KEYS) sealed, or that was "
            + "sealed without its site. Give the workers both keys first; they may run meanwhile. If it is interrupted, run it again. Exit code 1 when some "
            + "could not be opened.",
            ["opsmantik credentials rotate-key"],
            [actor],
            async (services, parsed, output, stopping) =>
            {
                var result = await services.GetRequiredService<KeyRotation>().RunAsync(
                    parsed.GetValue(actor)!, new Progress(output), stopping);
                output.Write(result, console => console.Verbatim(
                    $"re-sealed={result.Resealed} newly bound={result.Bound} already current={result.Current} changed meanwhile={result.Changed}"));
                Name(output, "sealed by a key that is not given", result.UnknownKey);
                Name(output, "damaged", result.Unreadable);
                Name(output, "sealed for another site or provider, and copied here", result.NotOfThisSite);
                return result.UnknownKey.Count + result.Unreadable.Count + result.NotOfThisSite.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
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
