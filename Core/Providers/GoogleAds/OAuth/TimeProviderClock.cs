using Google.Apis.Util;

namespace OpsMantik.Core.Providers.GoogleAds.OAuth;

/// <summary>The clock of Google's library, over ours.</summary>
internal sealed class TimeProviderClock(TimeProvider time) : IClock
{
    public DateTime Now => time.GetLocalNow().DateTime;

    public DateTime UtcNow => time.GetUtcNow().UtcDateTime;
}
