using System.Text;
using OpsMantik.Reliability.Fuzz.Http;
using OpsMantik.Reliability.Fuzz.Requests;

namespace OpsMantik.Reliability.Fuzz;

/// <summary>Bodies that never end, to every door: each caller is answered, and nobody makes the app read on.</summary>
internal static class EndlessBodies
{
    /// <summary>The app reads one byte beyond its 64 KiB, to know that there is more.</summary>
    public const int MostOfBody = (64 * 1024) + 1;

    /// <summary>
    /// The web server throws away up to 1 MiB behind an answer, so that callers who are still sending get to read it; to
    /// that add head, chunk marks and one read's buffer.
    /// </summary>
    public const int MostOfConnection = (1024 * 1024) + (128 * 1024);

    private const int ChunkLength = 16 * 1024;
    private const int MostChunks = 4_096;

    public static async Task<IReadOnlyList<string>> FindFaultsAsync(ServedTarget target)
    {
        List<string> faults = [];
        foreach (var route in FuzzRoute.All.Distinct())
        {
            foreach (var authorization in (string[])["", $"Authorization: Bearer {FuzzTarget.Secret}\r\n"])
            {
                var head = $"{route.Method} {route.Path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n{authorization}\r\n";
                var answers = await RawClient.SendAsync(target.Address, Endless(head), @break: true, route.Method);
                if (answers is not [{ Status: < 500 and not 200 }] && route.Method != "GET")
                    faults.Add($"endless body to {route.Path}: {(answers.Count == 0 ? "no answer" : answers[0].Status)}");
            }
        }

        if (target.Meter.MostOfBody > MostOfBody)
            faults.Add($"the app read {target.Meter.MostOfBody} bytes of a body");
        if (target.Meter.MostOfConnection > MostOfConnection)
            faults.Add($"the server read {target.Meter.MostOfConnection} bytes from a connection");
        return faults;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Endless(string head)
    {
        yield return Encoding.ASCII.GetBytes(head);
        ReadOnlyMemory<byte> chunk = Encoding.ASCII.GetBytes($"{ChunkLength:x}\r\n{new string(' ', ChunkLength)}\r\n");
        for (var sent = 0; sent < MostChunks; sent++)
            yield return chunk;
    }
}
