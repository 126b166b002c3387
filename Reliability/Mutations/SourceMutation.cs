namespace OpsMantik.Reliability.Mutations;

/// <summary>A mistake that somebody could make in the product, and the cheapest proof that must notice it.</summary>
/// <param name="Name">What the mistake is.</param>
/// <param name="File">Path from the root of the repository: C# or SQL of Core.</param>
/// <param name="Place">
/// Text that stands once in the file, with the part that is replaced between « and »: in C# a whole expression.
/// </param>
/// <param name="Replacement">What stands there instead.</param>
/// <param name="Detector">The command line of this program that must fail.</param>
internal sealed record SourceMutation(string Name, string File, string Place, string Replacement, params string[] Detector)
{
    private const char Open = '«';
    private const char Close = '»';

    public bool IsSql => File.EndsWith(".sql", StringComparison.Ordinal);

    /// <summary>Name of the file within the assembly, if it is SQL.</summary>
    public string Resource => "OpsMantik." + File.Replace('/', '.');

    /// <summary>The text to be found in the file.</summary>
    public string Search => Place.Replace($"{Open}", "").Replace($"{Close}", "");

    /// <summary>What is replaced.</summary>
    public string Original => Place[(Place.IndexOf(Open) + 1)..Place.IndexOf(Close)];

    /// <summary>The text of the file with something else in the marked place.</summary>
    /// <exception cref="InvalidOperationException">The text does not stand there exactly once: the list is out of date.</exception>
    public string Apply(string text, string instead)
    {
        var times = text.Split(Search).Length - 1;
        return times == 1
            ? text.Replace(Search, Place[..Place.IndexOf(Open)] + instead + Place[(Place.IndexOf(Close) + 1)..])
            : throw new InvalidOperationException($"\"{Name}\": its text stands {times} times in {File}, not once.");
    }

    public override string ToString() => Name;
}

/// <summary>What a detector said.</summary>
/// <param name="Name">The mutation's, or that of the run without any.</param>
/// <param name="Detector">Its command line.</param>
/// <param name="Told">The first thing it complained of; empty when it was content.</param>
/// <param name="AsExpected">A mutation was caught; without one, nothing was complained of.</param>
internal sealed record MutationResult(string Name, string Detector, string Told, bool AsExpected, TimeSpan Took);
