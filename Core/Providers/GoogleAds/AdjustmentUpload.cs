using System.Net.Http.Json;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Conversions;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>ConversionAdjustmentUploadService over REST. It decides on every correction at once.</summary>
internal sealed class AdjustmentUpload(RowCalls calls, IOptions<GoogleAdsOptions> options, TimeProvider time)
{
    /// <summary>Enough to find the size that Google takes: 11 halvings lead from 2,000 rows to one.</summary>
    private const int MaxCalls = 32;

    /// <summary>After this no further part is sent: the claim of the rows must outlive the last one.</summary>
    private static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(2);

    private static readonly UploadOutcome LeftOver = UploadOutcome.Postponed(
        "NOT_PROCESSED",
        ErrorCategory.Transient,
        "Google takes only small requests at the moment; the correction goes with the next ones.",
        TimeSpan.FromMinutes(5)) with
    {
        MayHaveBeenSent = false,
    };

    private readonly GoogleAdsOptions _options = options.Value;

    /// <summary>The outcome of a correction whose conversion this service cannot name; null when it can.</summary>
    public static UploadOutcome? FindFault(Correction correction)
    {
        var conversion = correction.Conversion;
        return conversion.Click?.Kind == ClickIdKind.Wbraid
            ? UploadOutcome.Unsendable(CorrectionCodes.NotPossible, "Google corrects no conversion that was sent with a wbraid.")
            : conversion.OrderId.Length == 0 && conversion.Click?.Kind != ClickIdKind.Gclid
                ? UploadOutcome.Unsendable(
                    CorrectionCodes.NotPossible,
                    "Google finds a conversion that was sent without an order id only by its gclid, and this one has none.")
                : null;
    }

    /// <summary>Sends what of the batch can be sent, in parts if Google takes no more at once, and settles it.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task SendAsync(GoogleAdsCredentials credentials, CorrectionBatch batch, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var (next, size, sent) = (0, batch.Sendable.Count, 0);
        while (next < batch.Sendable.Count)
        {
            if (sent == MaxCalls || time.GetElapsedTime(started) >= MaxTime)
            {
                SettleFrom(next, batch, LeftOver);
                return;
            }

            IReadOnlyList<Correction> part = [.. batch.Sendable.Skip(next).Take(size)];
            var (outcomes, answered) = await CallAsync(credentials, part, cancellationToken).ConfigureAwait(false);
            sent++;
            if (part.Count > 1 && outcomes.All(AdjustmentErrorTable.AsksForParts))
            {
                size = part.Count / 2;
                continue;
            }

            for (var index = 0; index < part.Count; index++)
            {
                batch.Settle(next + index, outcomes[index]);
            }

            next += part.Count;
            if (!answered)
            {
                SettleFrom(next, batch, outcomes[0] with { MayHaveBeenSent = false });
                return;
            }
        }
    }

    private Task<(IReadOnlyList<UploadOutcome> Outcomes, bool Answered)> CallAsync(
        GoogleAdsCredentials credentials, IReadOnlyList<Correction> part, CancellationToken cancellationToken) =>
        calls.SendAsync(
            "google_ads.adjust",
            credentials,
            part.Count,
            () => Request(credentials, part),
            (error, index) => AdjustmentErrorTable.ToOutcome(error, part[index], time.GetUtcNow()),
            cancellationToken);

    private static void SettleFrom(int first, CorrectionBatch batch, UploadOutcome outcome)
    {
        for (var index = first; index < batch.Sendable.Count; index++)
        {
            batch.Settle(index, outcome);
        }
    }

    /// <summary><c>customers/{id}:uploadConversionAdjustments</c>, without its token.</summary>
    private HttpRequestMessage Request(GoogleAdsCredentials credentials, IReadOnlyList<Correction> part)
    {
        var path = $"{_options.ApiVersion}/customers/{credentials.CustomerId}:uploadConversionAdjustments";
        var body = new AdjustmentRequest(
            [.. part.Select(correction => From(correction, credentials.ConversionAction))], PartialFailure: true);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_options.BaseAddress, path))
        {
            Content = JsonContent.Create(body, GoogleAdsJson.Default.AdjustmentRequest),
        };
        GoogleAdsHeaders.Add(request, credentials.LoginCustomerId, credentials.DeveloperToken);
        return request;
    }

    private static ConversionAdjustment From(Correction correction, string conversionAction)
    {
        var conversion = correction.Conversion;
        var byOrder = conversion.OrderId.Length > 0;
        return new ConversionAdjustment
        {
            ConversionAction = conversionAction,
            OrderId = byOrder ? conversion.OrderId : null,
            GclidDateTimePair = byOrder
                ? null
                : new GclidDateTimePair(conversion.Click!.Value.Value, GoogleAdsTime.Write(conversion.Time)),
            AdjustmentType = correction.Kind == CorrectionKind.Retract ? "RETRACTION" : "RESTATEMENT",
            AdjustmentDateTime = GoogleAdsTime.Write(correction.CorrectedAt),
            RestatementValue = correction is { Kind: CorrectionKind.Restate, NewValue: { } value }
                ? new RestatementValue(value.ToMajor(), value.Currency.Code)
                : null,
        };
    }
}
