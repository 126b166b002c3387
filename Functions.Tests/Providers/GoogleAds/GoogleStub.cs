using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace OpsMantik.Functions.Tests.Providers.GoogleAds;

/// <summary>Google at the wire: answers token and upload requests as told and keeps what it got.</summary>
internal sealed class GoogleStub : HttpMessageHandler
{
    private int _issued;

    public ConcurrentQueue<RecordedRequest> TokenRequests { get; } = [];

    public ConcurrentQueue<RecordedRequest> Uploads { get; } = [];

    public Func<RecordedRequest, CancellationToken, Task<HttpResponseMessage>> OnToken { get; set; }

    public Func<RecordedRequest, CancellationToken, Task<HttpResponseMessage>> OnUpload { get; set; }

    public GoogleStub()
    {
        OnToken = (_, _) => Task.FromResult(Json(200, $$"""
            {"access_token":"CANARY-access-{{Interlocked.Increment(ref _issued)}}",
            "expires_in":3599,"token_type":"Bearer"}
            """));
        OnUpload = (request, _) => Task.FromResult(Json(200, Answers.AllTaken(Answers.CountSent(request.Body))));
    }

    public static HttpResponseMessage Json(int status, string body, params (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }

    public void AnswerUploads(int status, string body, params (string Name, string Value)[] headers) =>
        OnUpload = (_, _) => Task.FromResult(Json(status, body, headers));

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var recorded = new RecordedRequest(
            request.Method,
            request.RequestUri!,
            request.Headers.ToDictionary(
                header => header.Key.ToLowerInvariant(), header => string.Join(",", header.Value)),
            body);
        var isToken = request.RequestUri!.AbsolutePath == "/token";
        (isToken ? TokenRequests : Uploads).Enqueue(recorded);
        return await (isToken ? OnToken : OnUpload)(recorded, cancellationToken);
    }
}

internal sealed record RecordedRequest(
    HttpMethod Method, Uri Uri, IReadOnlyDictionary<string, string> Headers, string Body);
