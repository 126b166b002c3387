using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OpsMantik.Core.Providers.DataManager.Limits;

/// <summary>
/// The gates of every Google Cloud project, as long as the process lives. What another worker of the same project sends
/// is not seen here; Google's refusal tells, and is remembered.
/// </summary>
internal sealed class ProjectLimits(
    IOptions<DataManagerOptions> options, TimeProvider time, ILogger<ProjectLimits> log)
{
    private readonly ConcurrentDictionary<(string Project, RequestKind Kind), RequestGate> _gates = [];

    public RequestGate Gate(string project, RequestKind kind) => _gates.GetOrAdd(
        (project, kind), key => new RequestGate(key.Project, key.Kind, options.Value, time, log));
}
