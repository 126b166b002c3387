namespace OpsMantik.Reliability.Fuzz.Requests;

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
