using System.Text.Json.Serialization;
using OpsMantik.Local.GoogleEmulator.Behaviours;

namespace OpsMantik.Local.GoogleEmulator;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<AcceptedConversion>))]
[JsonSerializable(typeof(IReadOnlyList<UploadCall>))]
[JsonSerializable(typeof(IReadOnlyList<TokenCall>))]
[JsonSerializable(typeof(IReadOnlyList<OrderTally>))]
[JsonSerializable(typeof(BehaviourOrder))]
internal sealed partial class ControlJson : JsonSerializerContext;
