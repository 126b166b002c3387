using System.Text.Json.Serialization;

namespace OpsMantik.Core.Providers.GoogleAds.OAuth;

[JsonSerializable(typeof(string[]))]
internal sealed partial class OAuthJson : JsonSerializerContext;
