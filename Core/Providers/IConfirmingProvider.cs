using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Providers;

/// <summary>A provider that may accept a request first and decide on its conversions later.</summary>
public interface IConfirmingProvider : IConversionProvider
{
    /// <summary>
    /// Asks what became of a request that ended in <see cref="OutcomeKind.Submitted"/>. Failures of the provider, of the
    /// network and of the credentials are <see cref="Confirmation.Pending"/>, a timeout of the provider's own too.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    Task<Confirmation> ConfirmAsync(
        OpenedCredential credential, SubmittedRequest request, CancellationToken cancellationToken);
}
