using System.Text.RegularExpressions;

namespace OpsMantik.Functions.Tests.House;

/// <summary>A command of a document and what it prints there.</summary>
internal sealed partial record Transcript(string Command, IReadOnlyList<string> Output)
{
    private const string Elided = "...";

    /// <summary>Of every fence that says <c>console</c>: a line that begins with <c>$</c> is typed, the others are printed.</summary>
    public static IReadOnlyList<Transcript> ReadAll(string markdown)
    {
        List<Transcript> transcripts = [];
        foreach (var lines in Fence().Matches(markdown).Select(fence => fence.Groups["text"].Value.Split('\n')))
        {
            var starts = lines.Index().Where(line => line.Item.StartsWith("$ ", StringComparison.Ordinal)).Select(line => line.Index);
            foreach (var start in starts)
            {
                transcripts.Add(new Transcript(
                    lines[start][2..],
                    [.. lines.Skip(start + 1).TakeWhile(line => !line.StartsWith("$ ", StringComparison.Ordinal))
                        .Where(line => line.Trim().Length > 0)]));
            }
        }

        return transcripts;
    }

    /// <summary>Null when the printed lines have the transcript's shape; else the first line that differs.</summary>
    public string? FindDifference(string printed)
    {
        string[] shown = [.. Output.Select(Shape)];
        string[] real = [.. printed.Split('\n').Where(line => line.Trim().Length > 0).Select(Shape)];
        return Matches(shown, real) ? null : $"shown:\n{string.Join('\n', shown)}\nprinted:\n{string.Join('\n', real)}";
    }

    private static bool Matches(ReadOnlySpan<string> shown, ReadOnlySpan<string> real)
    {
        if (shown.IsEmpty)
            return real.IsEmpty;
        if (shown[0] == Elided)
        {
            for (var skipped = 0; skipped <= real.Length; skipped++)
            {
                if (Matches(shown[1..], real[skipped..]))
                    return true;
            }

            return false;
        }

        return !real.IsEmpty && shown[0] == real[0] && Matches(shown[1..], real[1..]);
    }

    // Ids, times and numbers differ from run to run, and with them the widths of columns.
    private static string Shape(string line)
    {
        line = Uuid().Replace(line, "<id>");
        line = ShortId().Replace(line, "(<id>)");
        line = Time().Replace(line, "<time>");
        line = RequestId().Replace(line, "<request>");
        line = Fingerprint().Replace(line, "<key>");
        line = Number().Replace(line, "<n>");
        line = Wait().Replace(line, "<wait>");
        line = Border().Replace(line, "-");
        return Blank().Replace(line, " ").Trim();
    }

    [GeneratedRegex(@"```console\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex Uuid();

    [GeneratedRegex(@"\([0-9a-f]{8}\)")]
    private static partial Regex ShortId();

    [GeneratedRegex(@"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|\+[0-9]{2}:[0-9]{2})?")]
    private static partial Regex Time();

    [GeneratedRegex(@"\b[0-9a-f]{16}\b")]
    private static partial Regex Fingerprint();

    [GeneratedRegex(@"(?<=^request( id)? +)[\w-]{20,}")]
    private static partial Regex RequestId();

    [GeneratedRegex(@"[0-9][0-9,.]*\b")]
    private static partial Regex Number();

    [GeneratedRegex(@"<n> ?(ms|s|min|h|d|days?)\b( <n> ?(ms|s|min|h|d)\b)?")]
    private static partial Regex Wait();

    [GeneratedRegex("[─━┌┬┐├┼┤└┴┘-]+")]
    private static partial Regex Border();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
