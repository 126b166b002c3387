using System.Globalization;
using System.Text;

namespace OpsMantik.Reliability.Fuzz.Http;

/// <summary>Reads the answers of one connection; strictly, as what it reads was written by the app under test.</summary>
internal static class AnswerParser
{
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();

    /// <param name="methods">Of the requests, in order: the answer to HEAD has no body.</param>
    /// <returns>The answers that are complete; interim ones (1xx) are left out.</returns>
    /// <exception cref="FormatException">What is there is no HTTP.</exception>
    public static IReadOnlyList<Answer> Parse(ReadOnlySpan<byte> bytes, params IReadOnlyList<string> methods)
    {
        List<Answer> answers = [];
        while (bytes.IndexOf(HeadEnd) is var end and >= 0)
        {
            var lines = Encoding.Latin1.GetString(bytes[..end]).Split("\r\n");
            if (!lines[0].StartsWith("HTTP/1.1 ", StringComparison.Ordinal)
                || !int.TryParse(lines[0].AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
                throw new FormatException($"no status line: {lines[0]}");
            var headers = lines.Skip(1)
                .Select(line => line.Split(':', 2))
                .ToDictionary(parts => parts[0].ToLowerInvariant(), parts => parts[1].Trim());
            bytes = bytes[(end + HeadEnd.Length)..];
            if (status < 200)
                continue;

            var isHead = methods.ElementAtOrDefault(answers.Count) == "HEAD";
            var length = isHead ? 0 : int.Parse(headers.GetValueOrDefault("content-length", "0"), CultureInfo.InvariantCulture);
            if (bytes.Length < length)
                break;
            answers.Add(new Answer(status, headers, Encoding.UTF8.GetString(bytes[..length])));
            bytes = bytes[length..];
        }

        return answers;
    }
}
