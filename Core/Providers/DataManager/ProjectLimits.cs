using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Core.Providers.DataManager;

/// <summary>
/// The gates of every Google Cloud project, as long as the process lives. What others send for the same project is known by the
/// leases; what does not use this database is not, and Google's refusal tells.
/// </summary>
internal sealed class ProjectLimits(
    IOptions<DataManagerOptions> options, IRequestLeases leases, TimeProvider time, ILogger<ProjectLimits> log) : IAsyncDisposable, IDisposable
{
    // A stop does not wait for a database that is away: the leases end with their minute anyhow.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<(string Project, RequestKind Kind), RequestGate> _gates = [];

    public RequestGate Gate(string project, RequestKind kind) => _gates.GetOrAdd(
        (project, kind), key => new RequestGate(key.Project, key.Kind, options.Value, leases, time, log));

    /// <summary>Gives back what is left of the leases.</summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(Patience, time);
        await Task.WhenAll(_gates.Values.Select(gate => gate.GiveBackAsync(limit.Token))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Of a provider that is not disposed of asynchronously: the leases end with their minute.</summary>
    public void Dispose()
    {
    }
}

/// <summary>
/// Which Google Cloud project a grant belongs to, whose limits all its sites share. A consent tells the project's
/// number and a service account its id: one project used both ways is counted as two, and Google's own refusal is then
/// the limit.
/// </summary>
internal static class ProjectKeys
{
    /// <summary>An OAuth client id begins with its project's number: <c>123456789012-abc.apps.google…</c>.</summary>
    public static string Of(OAuthClient client)
    {
        var number = client.ClientId.Split('-', 2)[0];
        return client.ClientId.Contains('-', StringComparison.Ordinal)
            && number.Length > 0 && number.All(char.IsAsciiDigit)
            ? number
            : $"client:{Fingerprints.Of(client.ClientId)[..16]}";
    }

    public static string Of(ServiceAccountKey key) => key.ProjectId;
}

/// <summary>
/// Google says that the project's quota is used up. The project's gate remembers it, so that its other sites
/// send nothing either. It spends no attempt: it is no site's failure.
/// </summary>
internal static class Quota
{
    private static readonly TimeSpan DefaultPause = TimeSpan.FromSeconds(60);

    /// <summary>Null when the refusal is about something else.</summary>
    public static UploadOutcome? Find(ApiRefusal refusal, RequestGate gate)
    {
        var isQuota = refusal.Status == 429
            || (refusal.Status is 400 or 403 && ErrorReasonTable.Find(refusal.Name) is ErrorClass.RateLimit);
        if (!isQuota)
        {
            return null;
        }

        if (refusal.IsOfDay)
        {
            return gate.CloseForToday(refusal.RetryDelay);
        }

        var pause = refusal.RetryDelay ?? DefaultPause;
        gate.Pause(pause);
        return UploadOutcome.Postponed(
            refusal.Name,
            ErrorCategory.RateLimit,
            refusal.Message.Length == 0 ? "Google asks us to slow down." : refusal.Message,
            pause);
    }
}
