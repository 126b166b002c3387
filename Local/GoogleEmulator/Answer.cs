using System.Buffers;
using System.Text;
using System.Text.Json;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>A complete HTTP answer: the executor sends it whole, cut off, or byte by byte.</summary>
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
