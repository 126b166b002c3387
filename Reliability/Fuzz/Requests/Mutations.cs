namespace OpsMantik.Reliability.Fuzz.Requests;

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
