using System.Text.Json;
using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Providers;

/// <summary>A destination for conversions. It knows its wire and its errors, and nothing of the queue.</summary>
public interface IConversionProvider
{
    /// <summary>The <c>provider_key</c> of its queue rows.</summary>
    string Key { get; }

    /// <summary>The most conversions one call of <see cref="UploadAsync"/> takes.</summary>
    int MaxBatchSize { get; }

    /// <summary>Says what is wrong with a site's credentials, naming the field and never its value; null when nothing is.</summary>
    string? FindFault(JsonElement credentials);

    /// <summary>
    /// Sends the conversions of one site and answers with one outcome per conversion, in their order. Failures of the
    /// provider, of the network and of the credentials are outcomes, a timeout of the provider's own too.
    /// </summary>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled; what reached the provider is unknown.
    /// </exception>
    Task<IReadOnlyList<UploadOutcome>> UploadAsync(
        OpenedCredential credential, IReadOnlyList<Conversion> conversions, CancellationToken cancellationToken);
}
