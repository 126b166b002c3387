using OpsMantik.Core.Conversions;
using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Providers;

/// <summary>A provider that can correct what it counted: take a conversion back, or change its value.</summary>
public interface ICorrectingProvider : IConversionProvider
{
    /// <summary>
    /// Sends the corrections of one site, at most <see cref="IConversionProvider.MaxBatchSize"/>, and answers with one outcome per
    /// correction, in their order. Failures of the provider, of the network and of the credentials are outcomes, a timeout of the
    /// provider's own too. A correction must not overtake the upload of its conversion: a provider that does not find it yet may count
    /// it anew.
    /// </summary>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled; what reached the provider is unknown.
    /// </exception>
    Task<IReadOnlyList<UploadOutcome>> CorrectAsync(
        OpenedCredential credential, IReadOnlyList<Correction> corrections, CancellationToken cancellationToken);
}

/// <summary>What is to become of a conversion that was sent.</summary>
public sealed record Correction
{
    /// <summary>The correction's own id; opaque to providers.</summary>
    public required Guid Id { get; init; }

    /// <summary>As it was sent: order id, click, time, identifiers, and the value it had.</summary>
    public required Conversion Conversion { get; init; }

    public required CorrectionKind Kind { get; init; }

    /// <summary>The amount, with its currency, that a restated conversion is to have; null for a retraction.</summary>
    public Money? NewValue { get; init; }

    /// <summary>
    /// When the sale changed, as the provider is told: to the second, the same on every resend, and later than that of an earlier
    /// correction of the conversion. With the same second it counts as a repetition and is ignored.
    /// </summary>
    public required DateTimeOffset CorrectedAt { get; init; }

    /// <summary>An earlier attempt of this very correction may have reached the provider.</summary>
    public required bool MayHaveBeenSent { get; init; }
}

public enum CorrectionKind
{
    /// <summary>The sale was canceled. Final: no later correction changes a retracted conversion.</summary>
    Retract,

    /// <summary>The sale has another value.</summary>
    Restate,
}
