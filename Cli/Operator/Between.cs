using System.CommandLine.Parsing;
using System.Globalization;

namespace OpsMantik.Cli.Operator;

/// <summary>Numbers of the command line within bounds.</summary>
internal static class Between
{
    /// <summary>A validator; what is no number, <see cref="Formats"/> tells.</summary>
    public static Action<OptionResult> Validate(int least, int most) => result =>
    {
        if (result.Tokens is [{ Value: var text }]
            && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && (number < least || number > most))
        {
            result.AddError($"{result.IdentifierToken?.Value}: {least} to {most}.");
        }
    };
}
