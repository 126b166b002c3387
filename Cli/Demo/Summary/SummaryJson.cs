using System.Text.Json.Serialization;

namespace OpsMantik.Cli.Demo.Summary;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DemoSummary))]
internal sealed partial class SummaryJson : JsonSerializerContext;
