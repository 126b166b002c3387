using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Providers;

/// <summary>A provider whose access can be tried, and whose requests can be looked at, without uploading anything.</summary>
public interface IInspectableProvider : IConversionProvider
{
    /// <summary>Fetches a token and has the provider validate a request, which counts nothing.</summary>
    /// <param name="sample">A conversion that no site has; it is sent to be validated only.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    Task<AccessCheck> VerifyAsync(OpenedCredential credential, Conversion sample, CancellationToken cancellationToken);

    /// <summary>
    /// The first request that <see cref="IConversionProvider.UploadAsync"/> would send for these conversions; or what is
    /// wrong with the credentials. Nothing is sent.
    /// </summary>
    Task<(RequestPreview? Request, string? Fault)> PreviewAsync(
        OpenedCredential credential, IReadOnlyList<Conversion> conversions, CancellationToken cancellationToken);
}
