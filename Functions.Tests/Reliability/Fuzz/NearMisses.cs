using System.Text;
using System.Text.Json.Nodes;
using OpsMantik.Reliability.Fuzz.Requests;

namespace OpsMantik.Functions.Tests.Reliability.Fuzz;

/// <summary>JSON that is almost as it should be: values of it replaced by others, or a few bytes changed.</summary>
internal static class NearMisses
{
    private const string Place = "\"@@place@@\"";

    public static byte[] Of(int seed, params ReadOnlySpan<string> templates)
    {
        var random = new Random(seed);
        var text = random.Pick(templates);
        for (var times = random.Next(4); times > 0; times--)
            text = Replace(random, text);
        var bytes = Encoding.UTF8.GetBytes(text);
        return random.Chance(20) ? Mutations.Of(random, bytes) : bytes;
    }

    // A replacement that is no JSON ends the replacing: the text cannot be parsed again.
    private static string Replace(Random random, string text)
    {
        try
        {
            var root = JsonNode.Parse(text)!;
            var nodes = Descendants(root).ToList();
            if (nodes.Count == 0)
                return text;
            nodes[random.Next(nodes.Count)].ReplaceWith("@@place@@");
            return root.ToJsonString().Replace(Place, RandomJson.Value(random, 2), StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or InvalidOperationException
            or ArgumentException or NullReferenceException)
        {
            return text;
        }
    }

    private static IEnumerable<JsonNode> Descendants(JsonNode node)
    {
        var children = node switch
        {
            JsonObject json => json.Select(member => member.Value),
            JsonArray list => list,
            _ => [],
        };
        return children.OfType<JsonNode>().SelectMany(child => Descendants(child).Prepend(child));
    }
}
