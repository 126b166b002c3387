using OpsMantik.Core.Providers;

namespace OpsMantik.Core.Operations;

/// <summary>What an upload of a site would send next, as of now.</summary>
/// <param name="Circuit">CLOSED, OPEN or HALF_OPEN.</param>
/// <param name="NextProbeAt">When an OPEN circuit lets a probe pass; null when it is not OPEN, or isolated.</param>
/// <param name="Due">Rows that are due.</param>
/// <param name="NextDueAt">When the next of the waiting rows is due; null when none waits.</param>
/// <param name="RowIds">The rows that were looked at, in the order of a batch.</param>
/// <param name="Request">Null when nothing would be sent.</param>
/// <param name="HeldBack">The rows that would end without being sent, and how.</param>
/// <param name="Fault">Why nothing could be sent; null when something can.</param>
public sealed record UploadPreview(
    string Circuit,
    DateTime? NextProbeAt,
    long Due,
    DateTime? NextDueAt,
    IReadOnlyList<Guid> RowIds,
    RequestPreview? Request,
    IReadOnlyList<KeyValuePair<Guid, UploadOutcome>> HeldBack,
    string? Fault);
