using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;

namespace OpsMantik.Functions.Tests.Infra;

/// <summary>A source of settings that has none and remembers which were asked for.</summary>
internal sealed class RecordingConfiguration : ConfigurationProvider, IConfigurationSource
{
    private readonly ConcurrentDictionary<string, bool> _asked = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The names as the environment spells them.</summary>
    public IEnumerable<string> Names => _asked.Keys.Select(key => key.Replace(":", "__", StringComparison.Ordinal));

    public override bool TryGet(string key, out string? value)
    {
        _asked[key] = true;
        return base.TryGet(key, out value);
    }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;
}
