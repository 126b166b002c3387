using System.Buffers.Text;
using System.Security.Cryptography;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>Random ids in the form of Google's: 22 characters of base64url.</summary>
internal static class RequestIds
{
    public static string Next() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
}
