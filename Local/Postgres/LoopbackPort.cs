using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace OpsMantik.Local.Postgres;

/// <summary>Finds a free TCP port on 127.0.0.1.</summary>
internal static class LoopbackPort
{
    /// <summary>
    /// A port below the ranges from which systems take the near end of outgoing connections (from 32768 on Linux, 49152
    /// elsewhere): it is still free when the server starts, and when it starts again.
    /// </summary>
    public static int FindFree()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(20_000, 32_000);
            using var listener = new TcpListener(IPAddress.Loopback, port) { ExclusiveAddressUse = true };
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: try another.
            }
        }
    }
}
