using System.Text;

namespace OpsMantik.Reliability.Fuzz.Requests;

/// <summary>Bodies: what the route expects, that with a fault, and whatever else people send.</summary>
internal static class Bodies
{
    public static byte[] Make(Random random, FuzzRoute route, IReadOnlyList<Guid> sites)
    {
        if (route != FuzzRoute.Seed && random.Chance(50))
            return [];
        var body = random.Next(10) switch
        {
            0 => Encoding.UTF8.GetBytes(JsonGarbage.Value(random, 4)),
            1 => Sized(random),
            _ => SeedBodies.Make(random, sites),
        };
        return random.Next(12) switch
        {
            0 => Mutations.Of(random, body),
            1 => [0xEF, 0xBB, 0xBF, .. body],
            2 => Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(body)),
            _ => body,
        };
    }

    private static byte[] Sized(Random random) => random.Next(4) switch
    {
        0 => random.Bytes(random.Pick(1, 1_000, 65_536, 65_537, 200_000)),
        1 => [.. Enumerable.Repeat((byte)'[', random.Pick(7, 8, 9, 64, 65, 60_000))],
        2 => Encoding.ASCII.GetBytes($"{{\"x\":\"{new string('a', random.Pick(65_000, 65_526, 65_528, 65_529, 100_000))}\"}}"),
        _ => [.. Enumerable.Repeat((byte)' ', random.Pick(65_535, 65_536, 65_537, 1_500_000))],
    };
}
