using System.Text.Json.Serialization;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

// Google's parser refuses names it does not know, and takes numbers written as strings.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IngestRequest))]
[JsonSerializable(typeof(Destination))]
internal sealed partial class DataManagerJson : JsonSerializerContext;
