using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace OpsMantik.Core.Providers.DataManager.Wire;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(IngestEventsRequest))]
[JsonSerializable(typeof(IngestEventsResponse))]
[JsonSerializable(typeof(RequestStatusResponse))]
[JsonSerializable(typeof(RefusalBody))]
internal sealed partial class DataManagerJson : JsonSerializerContext
{
    /// <summary>Null for what is no JSON, cut short, or of another shape: it tells nothing.</summary>
    public static T? Parse<T>(byte[] body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
