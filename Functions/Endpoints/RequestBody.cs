namespace OpsMantik.Functions.Endpoints;

/// <summary>Takes in a request's body and never more of it than is allowed.</summary>
internal static class RequestBody
{
    /// <summary>In bytes.</summary>
    public const int MaxLength = 64 * 1024;

    /// <returns>Null when the body is longer than <see cref="MaxLength"/>, whatever length it announced.</returns>
    /// <exception cref="IOException">The caller broke off or sent it malformed.</exception>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(EndpointRequest request, CancellationToken cancellationToken)
    {
        if (request.BodyLength is > MaxLength)
            return null;
        if (request.BodyLength is 0)
            return ReadOnlyMemory<byte>.Empty;

        var buffer = new byte[(request.BodyLength ?? MaxLength) + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        // Not one conditional expression: in it, null would turn into an empty Memory<byte>.
        if (length > MaxLength)
            return null;
        return buffer.AsMemory(0, length);
    }
}
