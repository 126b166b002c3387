namespace OpsMantik.Reliability.Fuzz.Http;

/// <summary>An HTTP answer as it came over the wire.</summary>
/// <param name="Headers">Names in lower case.</param>
internal sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, string Text)
{
    /// <summary>Status line, headers and body: everything that could tell too much.</summary>
    public string Everything => string.Join('\n', Headers.Select(header => $"{header.Key}: {header.Value}").Append(Text));
}
