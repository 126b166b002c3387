using System.Text.Json;
using System.Text.RegularExpressions;
using OpsMantik.Core.Conversions;
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

/// <summary>A request the provider took earlier, and those of its conversions whose fate is still open.</summary>
/// <param name="RequestId">The provider's id for it.</param>
public sealed record SubmittedRequest(string RequestId, IReadOnlyList<SubmittedConversion> Conversions);

/// <summary>A conversion that waits for its confirmation.</summary>
/// <param name="Id">The queue row's id; opaque to providers.</param>
/// <param name="RequestIndex">Its place in the request as it was sent, from 0.</param>
/// <param name="MayHaveBeenSent">The provider may have had it before this request, as <see cref="Conversion.MayHaveBeenSent"/>.</param>
/// <param name="Correction">What a submitted correction was to do; null for an upload. A request holds only the one or the other.</param>
public sealed record SubmittedConversion(
    Guid Id, int RequestIndex, bool MayHaveBeenSent = true, CorrectionKind? Correction = null);

/// <summary>What the provider says of a submitted request. Texts must already be free of secrets.</summary>
public sealed record Confirmation
{
    private Confirmation()
    {
    }

    /// <summary>One outcome per conversion asked about, in their order; null while it is not settled.</summary>
    public IReadOnlyList<UploadOutcome>? Outcomes { get; private init; }

    /// <summary>Why it is not settled, for an operator.</summary>
    public string? Reason { get; private init; }

    /// <summary>Still processing, or the question could not be answered now: ask again later.</summary>
    public static Confirmation Pending(string reason) => new() { Reason = reason };

    /// <summary>Decided; no outcome is <see cref="OutcomeKind.Submitted"/>.</summary>
    public static Confirmation Settled(IReadOnlyList<UploadOutcome> outcomes) => new() { Outcomes = outcomes };
}

/// <summary>A provider whose access can be checked, and whose requests can be previewed, without uploading anything.</summary>
public interface IInspectableProvider : IConversionProvider
{
    /// <summary>Fetches a token and has the provider validate a request, which counts nothing.</summary>
    /// <param name="sample">A conversion that no site has; it is sent to be validated only.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    Task<AccessCheck> VerifyAsync(OpenedCredential credential, Conversion sample, CancellationToken cancellationToken);

    /// <summary>Asks how the site's account is set up for uploads. Failures of the provider are findings too.</summary>
    /// <param name="sales">What waits, to compare with.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    Task<IReadOnlyList<AccountFinding>> CheckAccountAsync(
        OpenedCredential credential, WaitingSales sales, CancellationToken cancellationToken);

    /// <summary>
    /// The first request that <see cref="IConversionProvider.UploadAsync"/> would send for these conversions; or what is
    /// wrong with the credentials. Nothing is sent.
    /// </summary>
    Task<(RequestPreview? Request, string? Fault)> PreviewAsync(
        OpenedCredential credential, IReadOnlyList<Conversion> conversions, CancellationToken cancellationToken);
}

/// <summary>A request as it would go out, secrets redacted, and which of the conversions are in it.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Address">Where it would go.</param>
/// <param name="Headers">In the order they are written; secrets are <c>[redacted]</c>.</param>
/// <param name="Body">JSON, not indented; empty when nothing would be sent.</param>
/// <param name="HeldBack">Position of each conversion that would not be sent, and its outcome.</param>
public sealed partial record RequestPreview(
    string Method,
    Uri Address,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    string Body,
    IReadOnlyList<KeyValuePair<int, UploadOutcome>> HeldBack)
{
    /// <summary>With the first digits only of each hash that is a person's.</summary>
    internal RequestPreview WithShortHashes(IEnumerable<Conversion> conversions)
    {
        var hashes = conversions.SelectMany(conversion => conversion.UserIdentifiers)
            .DistinctBy(identifier => identifier.Hash).ToDictionary(identifier => identifier.Hash, identifier => identifier.Abridged);
        return hashes.Count == 0 ? this : this with
        {
            Body = Sha256().Replace(Body, match => hashes.GetValueOrDefault(match.Value, match.Value)),
        };
    }

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex Sha256();
}
