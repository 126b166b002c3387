using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Sites;
using Spectre.Console;

namespace OpsMantik.Cli;

/// <summary><c>opsmantik circuit</c>: looks at circuits, and moves one by hand.</summary>
internal static class CircuitCommand
{
    private const string SampleSite = "cafe.example";

    public static Command Create() => new("circuit", "Looks at the circuits of sites, and moves one by hand.")
    {
        Show(),
        Move("open", "No upload for five minutes, then a probe: as five failures in a row would do.", OpenAsync),
        Move("close", "Uploads again, at once; the rows the circuit held back are due now.", CloseAsync),
        Move("isolate", "No upload for this site until you close its circuit. Its rows keep waiting; none is lost.", IsolateAsync),
    };

    private static Command Show()
    {
        var site = SiteOption.Create("This site's circuit, whatever its state.");
        var provider = ProviderOption.Create();
        return OperatorCommand.Create(
            "show",
            "Circuits that are not CLOSED, the longest open first.",
            ["opsmantik circuit show", $"opsmantik circuit show --site {SampleSite} --json"],
            [site, provider],
            async (services, parsed, output, stopping) =>
            {
                var id = await site.ReadAsync(services, parsed, stopping);
                var circuits = await services.GetRequiredService<CircuitControl>().ListAsync(parsed.GetValue(provider)!, id, stopping);
                var names = await services.ReadSiteNamesAsync(circuits.Select(circuit => circuit.SiteId), stopping);
                output.Write(circuits.Select(circuit => CircuitTable.Document(circuit, names)), console => CircuitTable.Print(console, circuits, names, id));
                return ExitCodes.Success;
            });
    }

    private static Command Move(
        string name, string description, Func<CircuitControl, Guid, string, string, CancellationToken, Task<string?>> move)
    {
        var site = SiteOption.Create("Whose circuit.", required: true);
        var (provider, actor) = (ProviderOption.Create(), ActorOption.Create());
        return OperatorCommand.Create(
            name,
            description,
            [$"opsmantik circuit {name} --site {SampleSite}"],
            [site, provider, actor],
            async (services, parsed, output, stopping) =>
            {
                var (id, key) = (await site.ReadRequiredAsync(services, parsed, stopping), parsed.GetValue(provider)!);
                var done = await move(services.GetRequiredService<CircuitControl>(), id, key, parsed.GetValue(actor)!, stopping)
                    ?? throw new OperatorException($"There is no site {id}.", SiteOption.List);
                output.Write(new { site_id = id, provider_key = key, done }, console => console.Verbatim(done));
                return ExitCodes.Success;
            });
    }

    private static async Task<string?> OpenAsync(
        CircuitControl control, Guid site, string provider, string actor, CancellationToken stopping) =>
        await control.OpenAsync(site, provider, actor, stopping) is not null ? "OPEN; a probe is let through in five minutes." : null;

    private static async Task<string?> IsolateAsync(
        CircuitControl control, Guid site, string provider, string actor, CancellationToken stopping) =>
        await control.IsolateAsync(site, provider, actor, stopping) is { } underWay
            ? $"Isolated; {underWay} rows are with a worker, which starts no request of the site after 5 seconds. To end it: opsmantik circuit close --site {site}"
            : null;

    private static async Task<string?> CloseAsync(
        CircuitControl control, Guid site, string provider, string actor, CancellationToken stopping) =>
        await control.CloseAsync(site, provider, actor, stopping) is { } freed
            ? $"CLOSED; {freed} rows that waited for it are due now." : null;
}

/// <summary>Circuits for a person; times in UTC.</summary>
internal static class CircuitTable
{
    public static object Document(CircuitState circuit, SiteNames names) => new
    {
        circuit.SiteId,
        site_name = names.TitleOf(circuit.SiteId),
        circuit.State,
        circuit.FailureCount,
        circuit.OpenedAt,
        circuit.NextProbeAt,
        circuit.Isolated,
        circuit.ProbeLimit,
        circuit.ProbeLeaseUntil,
    };

    public static void Print(IAnsiConsole console, IReadOnlyList<CircuitState> circuits, SiteNames names, Guid? site)
    {
        if (circuits.Count == 0)
        {
            console.Verbatim(site is null ? "All circuits are CLOSED." : "CLOSED: nothing has failed here yet.");
            return;
        }

        var table = new Table().AddColumns("site", "state", "failures in a row", "opened", "next probe");
        foreach (var circuit in circuits)
        {
            table.AddTextRow(
                names.Show(circuit.SiteId),
                circuit.Isolated ? "OPEN (isolated)" : circuit.State,
                circuit.FailureCount.ToString(CultureInfo.InvariantCulture),
                TextFormat.UtcOrDash(circuit.OpenedAt),
                circuit.Isolated ? "when closed by hand" : TextFormat.UtcOrDash(circuit.NextProbeAt));
        }

        console.Write(table);
    }
}
