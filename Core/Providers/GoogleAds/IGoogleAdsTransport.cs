using System.Text.Json;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>One way to bring conversions to a Google Ads account.</summary>
internal interface IGoogleAdsTransport
{
    /// <summary>Its name in the credentials' <c>upload_api</c>.</summary>
    string UploadApi { get; }

    /// <summary>As <see cref="IConversionProvider.FindFault"/>.</summary>
    string? FindFault(JsonElement credentials);

    /// <summary>Sends what of the batch can be sent, and settles it. The credentials have no fault.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    Task SendAsync(JsonElement credentials, UploadBatch batch, CancellationToken cancellationToken);

    /// <summary>As <see cref="IInspectableProvider.VerifyAsync"/>. The credentials have no fault.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    Task<AccessCheck> VerifyAsync(JsonElement credentials, Conversion sample, CancellationToken cancellationToken);

    /// <summary>The request that <see cref="SendAsync"/> begins with, not sent. The credentials have no fault.</summary>
    HttpRequestMessage Request(JsonElement credentials, UploadBatch batch);

    /// <summary>As <see cref="IConfirmingProvider.ConfirmAsync"/>. The credentials have no fault.</summary>
    Task<Confirmation> ConfirmAsync(
        JsonElement credentials, SubmittedRequest request, CancellationToken cancellationToken);
}
