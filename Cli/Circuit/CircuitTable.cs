using System.Globalization;
using OpsMantik.Core.Operations;
using Spectre.Console;

namespace OpsMantik.Cli.Circuit;

/// <summary>Circuits for a person; times in UTC.</summary>
internal static class CircuitTable
{
    public static void Print(IAnsiConsole screen, IReadOnlyList<CircuitState> circuits, Guid? site)
    {
        if (circuits.Count == 0)
        {
            screen.Verbatim(site is null ? "All circuits are CLOSED." : "CLOSED: nothing has failed here yet.");
            return;
        }

        var table = new Table().AddColumns("site", "state", "failures in a row", "opened", "next probe");
        foreach (var circuit in circuits)
        {
            table.AddRow(
                circuit.SiteId.ToString(),
                circuit.Isolated ? "OPEN (isolated)" : circuit.State,
                circuit.FailureCount.ToString(CultureInfo.InvariantCulture),
                Times.UtcOrDash(circuit.OpenedAt),
                circuit.Isolated ? "when closed by hand" : Times.UtcOrDash(circuit.NextProbeAt));
        }

        screen.Write(table);
    }
}
