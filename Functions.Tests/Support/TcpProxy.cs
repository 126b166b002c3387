using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace OpsMantik.Functions.Tests.Support;

/// <summary>Stands between clients and a PostgreSQL, and passes everything on but for what a test changes.</summary>
internal abstract class TcpProxy : IDisposable
{
    protected const int BufferSize = 64 << 10;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly NpgsqlConnectionStringBuilder _target;

    protected TcpProxy(string connectionString)
    {
        _target = new NpgsqlConnectionStringBuilder(connectionString);
        _listener.Start();
        _ = AcceptAsync();
    }

    public string ConnectionString => new NpgsqlConnectionStringBuilder(_target.ConnectionString)
    {
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
    }.ConnectionString;

    public void Dispose() => _listener.Dispose();

    /// <summary>From a client to the server, until one of them ends.</summary>
    protected virtual Task SendAsync(NetworkStream client, NetworkStream server) => client.CopyToAsync(server);

    /// <summary>From the server to a client, until one of them ends.</summary>
    protected virtual Task AnswerAsync(NetworkStream server, NetworkStream client) => server.CopyToAsync(client);

    private async Task AcceptAsync()
    {
        while (true)
            _ = ServeAsync(await _listener.AcceptTcpClientAsync());
    }

    private async Task ServeAsync(TcpClient accepted)
    {
        using var client = accepted;
        using var server = new TcpClient(_target.Host!, _target.Port);
        await Task.WhenAny(SendAsync(client.GetStream(), server.GetStream()), AnswerAsync(server.GetStream(), client.GetStream()));
    }
}
