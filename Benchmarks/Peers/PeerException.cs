namespace OpsMantik.Benchmarks.Peers;

/// <summary>A peer cannot be measured here; the message says what to do.</summary>
internal sealed class PeerException(string message) : Exception(message);
