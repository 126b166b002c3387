namespace OpsMantik.Reliability.Report;

/// <summary>One kind of proof, in its full size.</summary>
/// <param name="Name">That of its command.</param>
/// <param name="RunAsync">Runs it; a line of the table for each scenario.</param>
internal sealed record Proof(string Name, Func<Task<IReadOnlyList<ScenarioResult>>> RunAsync);
