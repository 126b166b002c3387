using Google.Apis.Http;

namespace OpsMantik.Core.Providers.GoogleAds.OAuth;

/// <summary>Lets Google's library speak through our connection pool, without its redirects and time limits.</summary>
internal sealed class FlowHttpClientFactory(IHttpMessageHandlerFactory handlers)
    : HttpClientFactory, Google.Apis.Http.IHttpClientFactory
{
    private const int MaxAnswerBytes = 1 << 20;

    protected override HttpMessageHandler CreateHandler(CreateHttpClientArgs args) =>
        handlers.CreateHandler(GoogleAdsServices.HttpClientName);

    /// <summary>The library calls this through its interface, which a derived class may implement anew.</summary>
    ConfigurableHttpClient Google.Apis.Http.IHttpClientFactory.CreateHttpClient(CreateHttpClientArgs args)
    {
        var client = CreateHttpClient(args);
        // A redirect would carry the secrets of the form to wherever it points.
        client.MessageHandler.FollowRedirect = false;
        client.MaxResponseContentBufferSize = MaxAnswerBytes;
        client.Timeout = Timeout.InfiniteTimeSpan;
        return client;
    }
}
