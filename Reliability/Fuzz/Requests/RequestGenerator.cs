using System.Text;
using OpsMantik.Web;

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
        var target = RequestTargets.Make(random, route);
        var body = Bodies.Make(random, route, sites);
        var (framing, framed, breaks) = Framing.Make(random, body);
        var head = RequestHeads.Make(random, method, target, framing);
        if (!random.Chance(8))
            return new FuzzRequest(index, method, target, [head, .. framed], breaks, underHost);

        // Bytes changed anywhere: nobody knows where such a request ends, so the caller ends it.
        var bytes = Mutations.Of(random, [.. head, .. framed.SelectMany(part => part.ToArray())]);
        return new FuzzRequest(index, "(mutated)", Encoding.Latin1.GetString(bytes.AsSpan(0, Math.Min(60, bytes.Length))), [bytes], true, underHost);
    }
}

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

/// <summary>An endpoint of the app, its method and the parameters it knows.</summary>
internal sealed record FuzzRoute(string Path, string Method, params string[] Parameters)
{
    public static readonly FuzzRoute Seed = new(Routes.PathOf(Routes.SeedCredentials), "POST");

    public static readonly FuzzRoute[] All =
    [
        Seed,
        Seed,
        new(Routes.PathOf(Routes.ProcessOfflineConversions), "POST", "limit", "provider_key"),
        new(Routes.PathOf(Routes.RecoverProcessing), "POST", "min_age_minutes"),
        new(Routes.PathOf(Routes.ConfirmUploads), "POST"),
        new(Routes.PathOf(Routes.Health), "GET"),
        new(Routes.PathOf(Routes.Status), "GET", "site", "provider_key"),
    ];
}

internal static class RandomPicks
{
    public static T Pick<T>(this Random random, params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];

    public static bool Chance(this Random random, int percent) => random.Next(100) < percent;

    public static byte[] Bytes(this Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>A text of characters that trouble parsers: quotes, controls, wide ones, halves of a pair.</summary>
    public static string OddText(this Random random, int longest) => string.Concat(
        Enumerable.Range(0, random.Next(longest + 1)).Select(_ => random.Pick(
            "a", "Z", "0", "-", " ", "'", "\"", "\\", "{", "}", "%", "&", "=", "<", ">", ";", "\t", "\n", "\r", "\0", "\u007f",
            "ı", "İ", "é", "٥", "中", "😀", "\u200b", "\u202e", "\ufeff", "\ufffd")));
}

/// <summary>Bytes changed, dropped, doubled or cut off at random places.</summary>
internal static class Mutations
{
    public static byte[] Of(Random random, byte[] bytes)
    {
        var result = bytes.ToList();
        for (var times = random.Next(1, 6); times > 0 && result.Count > 0; times--)
        {
            var place = random.Next(result.Count);
            switch (random.Next(5))
            {
                case 0:
                    result[place] = (byte)random.Next(256);
                    break;
                case 1:
                    result.RemoveAt(place);
                    break;
                case 2:
                    result.InsertRange(place, random.Bytes(random.Next(1, 20)));
                    break;
                case 3:
                    result.InsertRange(place, result.GetRange(place, Math.Min(random.Next(1, 200), result.Count - place)));
                    break;
                default:
                    result.RemoveRange(place, random.Next(result.Count - place));
                    break;
            }
        }

        return [.. result];
    }
}
