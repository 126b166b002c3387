namespace OpsMantik.Reliability.Report;

/// <summary>What a scenario found, in Jepsen's words.</summary>
/// <param name="Scenario">Its name, as the table shows it.</param>
/// <param name="Runs">How often it was run: seeds, kills, faults.</param>
/// <param name="Rows">Rows queued over all runs.</param>
/// <param name="Lost">Rows that never had their effect, or were not terminal after a full drain.</param>
/// <param name="Unexpected">Effects at Google without a row that asks for them, or with another identity.</param>
/// <param name="Duplicated">Rows sent more than once with the same identity: allowed after a fault, never an effect twice.</param>
/// <param name="Recovered">Rows that a fault left behind and that came through all the same.</param>
/// <param name="TimeToRecover">From the end of the fault to the last row terminal, the longest of all runs.</param>
/// <param name="Broken">Invariants that did not hold, each with what is needed to see it again, such as the seed.</param>
internal sealed record ScenarioResult(
    string Scenario,
    int Runs,
    long Rows,
    long Lost,
    long Unexpected,
    long Duplicated,
    long Recovered,
    TimeSpan TimeToRecover,
    IReadOnlyList<string> Broken)
{
    /// <summary>Nothing lost, nothing unexpected, every invariant held.</summary>
    public bool Held => Lost == 0 && Unexpected == 0 && Broken.Count == 0;
}
