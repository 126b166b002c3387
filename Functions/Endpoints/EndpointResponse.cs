using System.Globalization;
using System.Net;
using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Net.Http.Headers;
using OpsMantik.Functions.Endpoints.Answers;

namespace OpsMantik.Functions.Endpoints;

/// <summary>An HTTP answer without its host.</summary>
/// <param name="Body">UTF-8.</param>
/// <param name="Allow">Value of the <c>Allow</c> header, on 405.</param>
internal sealed record EndpointResponse(HttpStatusCode Status, ReadOnlyMemory<byte> Body, string? Allow = null)
{
    public string ContentType { get; init; } = MediaTypeNames.Application.Json;

    /// <summary>Headers that only this answer has.</summary>
    public IReadOnlyList<(string Name, string Value)> OwnHeaders { get; init; } = [];

    /// <summary>Every header of the answer, the same from every host.</summary>
    public IEnumerable<(string Name, string Value)> Headers
    {
        get
        {
            yield return (HeaderNames.ContentType, ContentType);
            yield return (HeaderNames.ContentLength, Body.Length.ToString(CultureInfo.InvariantCulture));
            yield return (HeaderNames.CacheControl, "no-store");
            if (Allow is not null)
                yield return (HeaderNames.Allow, Allow);
            foreach (var header in OwnHeaders)
                yield return header;
        }
    }

    public static EndpointResponse Json<T>(HttpStatusCode status, T answer, JsonTypeInfo<T> type) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(answer, type));

    public static EndpointResponse Ok<T>(T answer, JsonTypeInfo<T> type) => Json(HttpStatusCode.OK, answer, type);

    /// <param name="error">What is wrong, and what is allowed; never a value of a body.</param>
    public static EndpointResponse Error(HttpStatusCode status, string error, string? correlationId = null) =>
        Json(status, new ErrorAnswer(false, error, correlationId), AnswerJson.Default.ErrorAnswer);

    public static EndpointResponse BadRequest(string error) => Error(HttpStatusCode.BadRequest, error);

    public static EndpointResponse Unavailable(string error) => Error(HttpStatusCode.ServiceUnavailable, error);

    public static EndpointResponse Forbidden() => Json(
        HttpStatusCode.Forbidden, new ForbiddenAnswer("forbidden", "CRON_FORBIDDEN"), AnswerJson.Default.ForbiddenAnswer);

    public static EndpointResponse MethodNotAllowed(string method) =>
        Error(HttpStatusCode.MethodNotAllowed, $"the method must be {method}") with { Allow = method };
}
