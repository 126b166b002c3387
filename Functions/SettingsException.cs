namespace OpsMantik.Functions;

/// <summary>The app cannot start with these settings. Every fault names its setting as the environment spells it.</summary>
public sealed class SettingsException(params IReadOnlyList<string> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    /// <summary>One line each, without values.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
