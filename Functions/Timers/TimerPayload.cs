using System.Text.Json;

namespace OpsMantik.Functions.Timers;

/// <summary>
/// What the Functions host sends to run a timer: <c>{"Data":{"timer":{…}},"Metadata":{…}}</c>. Nothing in it changes
/// what the timer does, not even that it is late (<c>IsPastDue</c>).
/// </summary>
internal static class TimerPayload
{
    public static bool IsWellFormed(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("Data", out var data)
                && data.ValueKind == JsonValueKind.Object
                && data.EnumerateObject().Any()
                && data.EnumerateObject().All(binding => IsTimerInfo(binding.Value));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    // What the host cannot write as an object it writes as a text that holds JSON.
    private static bool IsTimerInfo(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            return value.ValueKind == JsonValueKind.Object;
        using var text = JsonDocument.Parse(value.GetString()!);
        return text.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.String or JsonValueKind.Null;
    }
}
