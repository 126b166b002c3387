namespace OpsMantik.Cli.Demo.Summary;

/// <summary>A sale that did not end as its line of the sample file says.</summary>
internal sealed record Deviation(int Line, string ExternalRef, string Expected, string Got);
