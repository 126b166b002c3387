using System.Text.Json.Serialization;
using OpsMantik.Local.GoogleEmulator.Behaviours;
using OpsMantik.Local.GoogleEmulator.DataManager;

namespace OpsMantik.Local.GoogleEmulator;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<AcceptedConversion>))]
[JsonSerializable(typeof(IReadOnlyList<UploadCall>))]
[JsonSerializable(typeof(IReadOnlyList<IngestCall>))]
[JsonSerializable(typeof(IReadOnlyList<StatusCall>))]
[JsonSerializable(typeof(IReadOnlyList<TokenCall>))]
[JsonSerializable(typeof(IReadOnlyList<OrderTally>))]
[JsonSerializable(typeof(BehaviourOrder))]
[JsonSerializable(typeof(SettingsOrder))]
internal sealed partial class ControlJson : JsonSerializerContext;
