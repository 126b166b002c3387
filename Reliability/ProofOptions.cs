using System.CommandLine;

namespace OpsMantik.Reliability;

/// <summary>Options that several proofs have. A proof of nothing is refused: it would look like one that held.</summary>
internal static class ProofOptions
{
    public static Option<int> Count(string name, string description, int usual)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            // What is no number is the parser's business.
            if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out var number) && number < 1)
                result.AddError($"{name} must be at least 1.");
        });
        return option;
    }

    /// <param name="things">What there is a list of, in the plural.</param>
    /// <param name="names">Of all of them.</param>
    public static Option<string> Only(string things, IEnumerable<string> names)
    {
        var option = new Option<string>("--only")
        {
            Description = $"Only {things} whose name contains this.",
            DefaultValueFactory = _ => "",
        };
        option.Validators.Add(result =>
        {
            var text = result.Tokens is [var token] ? token.Value : "";
            if (!names.Any(name => name.Contains(text, StringComparison.Ordinal)))
                result.AddError($"--only: no name contains \"{text}\". The {things} are: {string.Join("; ", names)}.");
        });
        return option;
    }
}
