using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpsMantik.Core.Providers.GoogleAds.Wire;

/// <summary>One result of an upload: an object that repeats the conversion, empty for one that was not taken.</summary>
/// <param name="IsTaken">It says anything at all; what, we know.</param>
[JsonConverter(typeof(Converter))]
internal readonly record struct ConversionResult(bool IsTaken)
{
    /// <summary>Two thousand results are read without keeping one of them.</summary>
    internal sealed class Converter : JsonConverter<ConversionResult>
    {
        public override bool HandleNull => true;

        public override ConversionResult Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                return default;
            }

            var members = 0;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                members++;
                reader.Skip();
            }

            return new ConversionResult(members > 0);
        }

        public override void Write(Utf8JsonWriter writer, ConversionResult value, JsonSerializerOptions options) =>
            throw new NotSupportedException("Google writes results.");
    }
}
