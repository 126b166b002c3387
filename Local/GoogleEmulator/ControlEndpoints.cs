using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>What tests read and steer, for other processes: <c>/emulator/…</c>.</summary>
internal static class ControlEndpoints
{
    private static readonly ControlJson Json = ControlJson.Default;

    public static void Map(IEndpointRouteBuilder routes, GoogleEmulator emulator)
    {
        routes.MapGet("/emulator/accepted", context => Write(context, emulator.Accepted, Json.IReadOnlyListAcceptedConversion));
        routes.MapGet("/emulator/calls", context => Write(context, emulator.Calls, Json.IReadOnlyListUploadCall));
        routes.MapGet("/emulator/tokens", context => Write(context, emulator.TokenCalls, Json.IReadOnlyListTokenCall));
        routes.MapGet("/emulator/orders", context => Write(context, emulator.Orders, Json.IReadOnlyListOrderTally));
        routes.MapPost("/emulator/reset", context =>
        {
            emulator.Reset();
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
        routes.MapPost("/emulator/behaviour", context => SetBehaviourAsync(context, emulator));
    }

    private static Task Write<T>(HttpContext context, IReadOnlyList<T> list, JsonTypeInfo<IReadOnlyList<T>> type) =>
        context.Response.WriteAsJsonAsync(list, type, cancellationToken: context.RequestAborted);

    private static async Task SetBehaviourAsync(HttpContext context, GoogleEmulator emulator)
    {
        try
        {
            var order = await context.Request.ReadFromJsonAsync(Json.BehaviourOrder, context.RequestAborted)
                ?? throw new JsonException("The body is null.");
            var delay = order.DelayMs is { } ms ? TimeSpan.FromMilliseconds(ms) : (TimeSpan?)null;
            var behaviour = CallBehaviour.Of(order.Kind, delay, order.Code, order.Html);
            if (order.Times is { } times)
                emulator.QueueBehaviour(order.CustomerId, behaviour, times);
            else
                emulator.SetBehaviour(order.CustomerId, behaviour);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture,
                $"Send {{customerId?, kind, times?, delayMs?, code?, html?}}; kind is one of "
                + $"{string.Join(", ", Enum.GetNames<BehaviourKind>())}. {e.Message}"), context.RequestAborted);
        }
    }
}
