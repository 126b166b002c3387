using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Cli.Operator;
using OpsMantik.Core.Operations;
using Spectre.Console;

namespace OpsMantik.Cli.Credentials;

/// <summary><c>opsmantik credentials list</c>: which sites have some, and by which key they are sealed.</summary>
internal static class ListCommand
{
    public static Command Create() => OperatorCommand.Create(
        "list",
        "Which sites have credentials, since when, and by which vault key they are sealed. Needs no key.",
        ["opsmantik credentials list", "opsmantik credentials list --json"],
        [],
        async (services, _, answer, stopping) =>
        {
            var stored = await services.GetRequiredService<CredentialInventory>()
                .ListAsync(null, stopping).ToListAsync(stopping);
            answer.Give(
                stored.Select(each => new
                {
                    each.SiteId,
                    each.ProviderKey,
                    each.Sealed.KeyFingerprint,
                    each.IsActive,
                    each.UpdatedAt,
                }),
                screen => Print(screen, stored));
            return ExitCodes.Success;
        });

    private static void Print(IAnsiConsole screen, List<StoredCredential> stored)
    {
        var table = new Table().AddColumns("site", "provider", "key", "since", "");
        foreach (var each in stored)
        {
            table.AddRow(
                each.SiteId.ToString(),
                each.ProviderKey.EscapeMarkup(),
                each.Sealed.KeyFingerprint.EscapeMarkup(),
                each.UpdatedAt.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture),
                each.IsActive ? "" : "not active");
        }

        screen.Write(table);
    }
}
