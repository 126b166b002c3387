using System.Text.Json.Serialization;
using OpsMantik.Core.Status;

namespace OpsMantik.Functions.Endpoints.Answers;

/// <summary>Apart from the other answers, so that they do not load what only the status page needs.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(SiteReport))]
internal sealed partial class StatusJson : JsonSerializerContext;
