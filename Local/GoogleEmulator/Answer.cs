using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>A whole HTTP answer, ready to be sent, cut or dripped.</summary>
internal sealed record Answer(int Status, ReadOnlyMemory<byte> Body, string ContentType)
{
    public static Answer Json(int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
            write(json);
        return new(status, buffer.WrittenMemory, "application/json; charset=UTF-8");
    }

    public static Answer Html(int status, string title) => new(
        status,
        Encoding.UTF8.GetBytes($"<!DOCTYPE html>\n<html lang=en>\n<title>{title}</title>\n<p><b>{status}.</b> {title}\n"),
        "text/html; charset=UTF-8");
}

/// <summary>Random ids in the form of Google's: 22 characters of base64url.</summary>
internal static class RequestIds
{
    public static string Next() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
}

/// <summary>A short digest that tells secrets apart.</summary>
internal static class Fingerprint
{
    public static string? Of(string? secret) =>
        secret is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)))[..12];
}
