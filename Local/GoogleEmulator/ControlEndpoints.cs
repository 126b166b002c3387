using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OpsMantik.Local.GoogleEmulator.DataManager;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>What tests read and steer, for other processes: <c>/emulator/…</c>.</summary>
internal static class ControlEndpoints
{
    private static readonly ControlJson Json = ControlJson.Default;

    public static void Map(IEndpointRouteBuilder routes, GoogleEmulator emulator)
    {
        routes.MapGet("/emulator/accepted", context => Write(context, emulator.Accepted, Json.IReadOnlyListAcceptedConversion));
        routes.MapGet("/emulator/calls", context => Write(context, emulator.Calls, Json.IReadOnlyListUploadCall));
        routes.MapGet("/emulator/ingest-calls", context =>
            Write(context, emulator.IngestCalls, Json.IReadOnlyListIngestCall));
        routes.MapGet("/emulator/status-calls", context =>
            Write(context, emulator.StatusCalls, Json.IReadOnlyListStatusCall));
        routes.MapGet("/emulator/tokens", context => Write(context, emulator.TokenCalls, Json.IReadOnlyListTokenCall));
        routes.MapGet("/emulator/orders", context => Write(context, emulator.Orders, Json.IReadOnlyListOrderCount));
        routes.MapPost("/emulator/reset", context => Do(context, emulator.Reset));
        routes.MapPost("/emulator/forget-requests", context => Do(context, emulator.ForgetRequests));
        routes.MapPost("/emulator/behaviour", context => ObeyAsync(
            context, Json.BehaviourRequest, order => Apply(order, emulator), BehaviourHelp));
        routes.MapPost("/emulator/data-manager", context => ObeyAsync(
            context, Json.SettingsRequest, order => order.Apply(emulator), SettingsHelp));
    }

    private static string BehaviourHelp =>
        "Send {customerId?, target?, kind, times?, delayMs?, code?, html?}; kind is one of "
        + $"{string.Join(", ", Enum.GetNames<BehaviourKind>())}.";

    private static string SettingsHelp =>
        "Send {processingDelayMs?, neverFinish?, statusWithIndices?, nestedEventPaths?, requestsPerMinute?, "
        + "requestsPerDay?}; a quota of 0 is no longer enforced.";

    private static Task Do(HttpContext context, Action action)
    {
        action();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static Task Write<T>(HttpContext context, IReadOnlyList<T> list, JsonTypeInfo<IReadOnlyList<T>> type) =>
        context.Response.WriteAsJsonAsync(list, type, cancellationToken: context.RequestAborted);

    private static async Task ObeyAsync<T>(HttpContext context, JsonTypeInfo<T> type, Action<T> apply, string help)
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

    private static void Apply(BehaviourRequest order, GoogleEmulator emulator)
    {
        var delay = order.DelayMs is { } ms ? TimeSpan.FromMilliseconds(ms) : (TimeSpan?)null;
        var behaviour = CallBehaviour.Of(order.Kind, delay, order.Code, order.Html);
        if (order.Times is { } times)
            emulator.QueueBehaviour(order.CustomerId, behaviour, times, order.Target);
        else
            emulator.SetBehaviour(order.CustomerId, behaviour, order.Target);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<AcceptedConversion>))]
[JsonSerializable(typeof(IReadOnlyList<UploadCall>))]
[JsonSerializable(typeof(IReadOnlyList<IngestCall>))]
[JsonSerializable(typeof(IReadOnlyList<StatusCall>))]
[JsonSerializable(typeof(IReadOnlyList<TokenCall>))]
[JsonSerializable(typeof(IReadOnlyList<OrderCount>))]
[JsonSerializable(typeof(BehaviourRequest))]
[JsonSerializable(typeof(SettingsRequest))]
internal sealed partial class ControlJson : JsonSerializerContext;
