using System.Security.Cryptography;
using System.Text;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>A short digest that tells secrets apart.</summary>
internal static class Fingerprint
{
    public static string? Of(string? secret) =>
        secret is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)))[..12];
}
