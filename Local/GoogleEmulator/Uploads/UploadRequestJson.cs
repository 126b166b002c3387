using System.Text.Json.Serialization;

namespace OpsMantik.Local.GoogleEmulator.Uploads;

// Google's parser refuses names it does not know, and takes numbers written as strings.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(UploadRequest))]
internal sealed partial class UploadRequestJson : JsonSerializerContext;
