using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>What tests in other processes read and set: <c>/emulator/…</c>.</summary>
internal static class ControlEndpoints
{
    private static readonly ControlJson Json = ControlJson.Default;

    public static void Map(IEndpointRouteBuilder routes, GoogleEmulator emulator)
    {
        routes.MapGet("/emulator/accepted", context => Write(context, emulator.Accepted, Json.IReadOnlyListAcceptedConversion));
        routes.MapGet("/emulator/calls", context => Write(context, emulator.Calls, Json.IReadOnlyListUploadCall));
        routes.MapGet("/emulator/adjustment-calls", context =>
            Write(context, emulator.AdjustmentCalls, Json.IReadOnlyListUploadCall));
        routes.MapGet("/emulator/ingest-calls", context =>
            Write(context, emulator.IngestCalls, Json.IReadOnlyListIngestCall));
        routes.MapGet("/emulator/status-calls", context =>
            Write(context, emulator.StatusCalls, Json.IReadOnlyListStatusCall));
        routes.MapGet("/emulator/tokens", context => Write(context, emulator.TokenCalls, Json.IReadOnlyListTokenCall));
        routes.MapGet("/emulator/orders", context => Write(context, emulator.Orders, Json.IReadOnlyListOrderCount));
        routes.MapGet("/emulator/conversions", context =>
            Write(context, emulator.Conversions, Json.IReadOnlyListConversionState));
        routes.MapPost("/emulator/reset", context => Run(context, emulator.Reset));
        routes.MapPost("/emulator/forget-requests", context => Run(context, emulator.ForgetRequests));
        routes.MapPost("/emulator/behaviour", context => ApplyAsync(
            context, Json.BehaviourRequest, request => request.Apply(emulator), BehaviourHelp));
        routes.MapPost("/emulator/clicks", context => ApplyAsync(
            context, Json.ClickRequest, request => emulator.SetClickTime(request.ClickId, request.Time),
            "Send {clickId, time}; time is RFC 3339."));
        routes.MapPost("/emulator/identifiers", context => ApplyAsync(
            context, Json.IdentifierRequest, request => emulator.RefuseIdentifiers(request.CustomerId, request.Code),
            "Send {customerId, code}."));
        routes.MapPost("/emulator/data-manager", context => ApplyAsync(
            context, Json.SettingsRequest, request => request.Apply(emulator), SettingsHelp));
    }

    private static string BehaviourHelp =>
        "Send {customerId?, target?, kind, times?, delayMs?, code?, html?}; kind is one of "
        + $"{string.Join(", ", Enum.GetNames<BehaviourKind>())}.";

    private static string SettingsHelp =>
        "Send {processingDelayMs?, neverFinish?, statusWithIndices?, nestedEventPaths?, requestsPerMinute?, "
        + "requestsPerDay?}; a quota of 0 is no longer enforced.";

    private static Task Run(HttpContext context, Action action)
    {
        action();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static Task Write<T>(HttpContext context, IReadOnlyList<T> list, JsonTypeInfo<IReadOnlyList<T>> type) =>
        context.Response.WriteAsJsonAsync(list, type, cancellationToken: context.RequestAborted);

    private static async Task ApplyAsync<T>(HttpContext context, JsonTypeInfo<T> type, Action<T> apply, string help)
    {
        try
        {
            apply(await context.Request.ReadFromJsonAsync(type, context.RequestAborted)
                ?? throw new JsonException("The body is null."));
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync($"{help} {e.Message}", context.RequestAborted);
        }
    }
}

/// <summary>Body of <c>POST /emulator/behaviour</c>. Without <c>times</c> the behaviour stays until the next request.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record BehaviourRequest
{
    /// <summary>Null for every customer.</summary>
    public string? CustomerId { get; init; }

    public required BehaviourKind Kind { get; init; }

    /// <summary>Upload unless given.</summary>
    public CallTarget Target { get; init; }

    /// <summary>Only for the next so many calls.</summary>
    public int? Times { get; init; }

    public int? DelayMs { get; init; }

    /// <summary>Enum name for BadRequest, HTTP status for ServerError.</summary>
    public string? Code { get; init; }

    public bool Html { get; init; }

    public void Apply(GoogleEmulator emulator)
    {
        var delay = DelayMs is { } ms ? TimeSpan.FromMilliseconds(ms) : (TimeSpan?)null;
        var behaviour = CallBehaviour.Of(Kind, delay, Code, Html);
        if (Times is { } times)
            emulator.QueueBehaviour(CustomerId, behaviour, times, Target);
        else
            emulator.SetBehaviour(CustomerId, behaviour, Target);
    }
}

/// <summary>Body of <c>POST /emulator/clicks</c>: when a click was.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ClickRequest
{
    public required string ClickId { get; init; }

    public required DateTimeOffset Time { get; init; }
}

/// <summary>Body of <c>POST /emulator/identifiers</c>: what an account refuses hashed identifiers with.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record IdentifierRequest
{
    public required string CustomerId { get; init; }

    public required string Code { get; init; }
}

/// <summary>Body of <c>POST /emulator/data-manager</c>. What is null stays; a quota of 0 is lifted.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SettingsRequest
{
    public int? ProcessingDelayMs { get; init; }

    public bool? NeverFinish { get; init; }

    public bool? StatusWithIndices { get; init; }

    public bool? NestedEventPaths { get; init; }

    public int? RequestsPerMinute { get; init; }

    public int? RequestsPerDay { get; init; }

    public void Apply(GoogleEmulator emulator)
    {
        if (ProcessingDelayMs is { } ms)
            emulator.ProcessingDelay = TimeSpan.FromMilliseconds(ms);
        emulator.NeverFinish = NeverFinish ?? emulator.NeverFinish;
        emulator.StatusWithIndices = StatusWithIndices ?? emulator.StatusWithIndices;
        emulator.NestedEventPaths = NestedEventPaths ?? emulator.NestedEventPaths;
        emulator.RequestsPerMinute = Quota(RequestsPerMinute, emulator.RequestsPerMinute);
        emulator.RequestsPerDay = Quota(RequestsPerDay, emulator.RequestsPerDay);
    }

    private static int? Quota(int? requested, int? current) =>
        requested switch { null => current, 0 => null, _ => requested };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<AcceptedConversion>))]
[JsonSerializable(typeof(IReadOnlyList<UploadCall>))]
[JsonSerializable(typeof(IReadOnlyList<IngestCall>))]
[JsonSerializable(typeof(IReadOnlyList<StatusCall>))]
[JsonSerializable(typeof(IReadOnlyList<TokenCall>))]
[JsonSerializable(typeof(IReadOnlyList<OrderCount>))]
[JsonSerializable(typeof(IReadOnlyList<ConversionState>))]
[JsonSerializable(typeof(BehaviourRequest))]
[JsonSerializable(typeof(ClickRequest))]
[JsonSerializable(typeof(IdentifierRequest))]
[JsonSerializable(typeof(SettingsRequest))]
internal sealed partial class ControlJson : JsonSerializerContext;
