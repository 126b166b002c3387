using System.Text.Json.Serialization;

namespace OpsMantik.Core.Providers.GoogleAds.Wire;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(UploadRequest))]
[JsonSerializable(typeof(UploadResponse))]
[JsonSerializable(typeof(ErrorResponse))]
internal sealed partial class GoogleAdsJson : JsonSerializerContext;
