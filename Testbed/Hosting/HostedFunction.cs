using System.Text.Json;
using OpsMantik.Testbed.Hosting.Protocol;

namespace OpsMantik.Testbed.Hosting;

/// <summary>A function as the worker declares it to the host.</summary>
/// <param name="Binding">Its trigger, as a function.json would have it.</param>
public sealed record HostedFunction(string Id, string Name, JsonElement Binding)
{
    /// <summary>Below the route prefix of host.json; null where HTTP does not trigger it.</summary>
    public string? Route => IsHttp ? Text("route") ?? Name : null;

    /// <summary>In lower case; empty where HTTP does not trigger it.</summary>
    public IReadOnlyList<string> Methods => IsHttp && Binding.TryGetProperty("methods", out var methods)
        ? [.. methods.EnumerateArray().Select(method => method.GetString()!)]
        : [];

    /// <summary>As it is written, perhaps the name of a setting between percent signs; null where no timer triggers it.</summary>
    public string? Schedule => Type == "timerTrigger" ? Text("schedule") : null;

    /// <summary>Name of the parameter that the trigger fills.</summary>
    internal string Parameter => Text("name")!;

    private string Type => Text("type")!;

    private bool IsHttp => Type == "httpTrigger";

    internal static HostedFunction From(RpcFunctionMetadata metadata)
    {
        var bindings = metadata.RawBindings.Select(binding => JsonSerializer.Deserialize<JsonElement>(binding)).ToList();
        return new HostedFunction(
            metadata.FunctionId,
            metadata.Name,
            bindings.First(binding => binding.GetProperty("type").GetString()!.EndsWith("Trigger", StringComparison.Ordinal)));
    }

    private string? Text(string name) => Binding.TryGetProperty(name, out var value) ? value.GetString() : null;
}

/// <summary>How an invocation ended.</summary>
/// <param name="Status">Success, Failure or Cancelled.</param>
/// <param name="Exception">What the worker threw, as the host would show it; null where it threw nothing.</param>
/// <param name="TraceParent">The host's span, to which the worker's belong.</param>
public sealed record Invocation(string Id, string Function, string Status, string? Exception, string TraceParent)
{
    public bool Succeeded => Status == nameof(StatusResult.Types.Status.Success);
}

/// <summary>A log record that the worker sent to the host.</summary>
public sealed record HostLog(string Level, string Category, string EventId, string Message, string? Exception, string InvocationId)
{
    public override string ToString() => $"{Level} {Message} {Exception}".TrimEnd();
}
