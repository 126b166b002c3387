namespace OpsMantik.Reliability.Fuzz.Requests;

/// <summary>One request as it goes over the wire; the seed and the index make it again.</summary>
/// <param name="Parts">Sent one after the other.</param>
/// <param name="Breaks">The caller breaks off behind the last byte: it may get no answer.</param>
/// <param name="UnderHost">For the function app below the Functions host.</param>
internal sealed record FuzzRequest(
    int Index, string Method, string Target, IReadOnlyList<ReadOnlyMemory<byte>> Parts, bool Breaks, bool UnderHost)
{
    /// <summary>What a person needs to recognise it. The parts hold the secret and stay out.</summary>
    public override string ToString() =>
        $"#{Index} {Method} {(Target.Length <= 120 ? Target : Target[..120] + "...")}{(UnderHost ? " (under the host)" : "")}";
}
