using System.Text;

namespace OpsMantik.Reliability.Fuzz.Requests;

/// <summary>Makes requests from seed and index alone, so that a failing one can be had again without the others.</summary>
/// <param name="sites">Sites that credentials may be seeded for.</param>
internal sealed class RequestGenerator(int seed, IReadOnlyList<Guid> sites)
{
    public FuzzRequest Make(int index)
    {
        // Not HashCode.Combine, which differs from process to process.
        var random = new Random(unchecked((seed * 1_000_003) + index));
        var underHost = random.Chance(25);
        var route = random.Pick<FuzzRoute>(FuzzRoute.All);
        var method = random.Chance(85) ? route.Method : random.Pick(
            "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "post", "FOO", new string('X', 300));
        var target = Targets.Make(random, route);
        var body = Bodies.Make(random, route, sites);
        var (framing, framed, breaks) = Framing.Make(random, body);
        var head = Heads.Make(random, method, target, framing);
        if (!random.Chance(8))
            return new FuzzRequest(index, method, target, [head, .. framed], breaks, underHost);

        // Bytes changed anywhere: nobody knows where such a request ends, so the caller ends it.
        var bytes = Mutations.Of(random, [.. head, .. framed.SelectMany(part => part.ToArray())]);
        return new FuzzRequest(index, "(mutated)", Encoding.Latin1.GetString(bytes.AsSpan(0, Math.Min(60, bytes.Length))), [bytes], true, underHost);
    }
}
