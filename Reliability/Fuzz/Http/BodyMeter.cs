using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace OpsMantik.Reliability.Fuzz.Http;

/// <summary>
/// Counts what a request can make the server read: what the app takes of a body, and what the server as a whole takes
/// from a connection.
/// </summary>
internal sealed class BodyMeter : IStartupFilter
{
    private long _mostOfBody;
    private long _mostOfConnection;

    /// <summary>The most bytes that the app read of one body.</summary>
    public long MostOfBody => Interlocked.Read(ref _mostOfBody);

    /// <summary>The most bytes that the server read from one connection, what it threw away included.</summary>
    public long MostOfConnection => Interlocked.Read(ref _mostOfConnection);

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (context, proceed) =>
        {
            await using var counted = new CountingStream(context.Request.Body, read => Raise(ref _mostOfBody, read));
            context.Request.Body = counted;
            await proceed(context);
        });
        next(app);
    };

    public void Attach(KestrelServerOptions options) => options.ConfigureEndpointDefaults(endpoint =>
        endpoint.Use(proceed => connection =>
        {
            var metered = new MeteredPipe(connection.Transport, read => Raise(ref _mostOfConnection, read));
            connection.Transport = metered;
            return proceed(connection);
        }));

    private static void Raise(ref long most, long value)
    {
        for (var seen = Interlocked.Read(ref most); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
