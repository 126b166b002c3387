using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace OpsMantik.Cli;

/// <summary>Says in what form a value is wanted; the parser itself would name a .NET type, or fail only when the value is read.</summary>
internal static class ValueFormats
{
    /// <summary>For every option and argument of the command and of its subcommands.</summary>
    public static void AddTo(Command command)
    {
        foreach (var option in command.Options)
        {
            if (Find(option.ValueType) is { } form)
                option.Validators.Add(result => Check(result, option.Name, form));
        }

        foreach (var argument in command.Arguments)
        {
            if (Find(argument.ValueType) is { } form)
                argument.Validators.Add(result => Check(result, $"<{argument.Name}>", form));
        }

        foreach (var subcommand in command.Subcommands)
            AddTo(subcommand);
    }

    /// <summary>A validator for whole numbers; what is no number is refused by <see cref="AddTo"/>.</summary>
    public static Action<OptionResult> Range(int min, int max) => result =>
    {
        if (result.Tokens is [{ Value: var text }]
            && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && (number < min || number > max))
        {
            result.AddError($"{result.IdentifierToken?.Value}: {min} to {max}.");
        }
    };

    private static void Check(SymbolResult result, string name, (Predicate<string> Reads, string Description) form)
    {
        if (result.Tokens.FirstOrDefault(token => !form.Reads(token.Value)) is { } token)
            result.AddError($"{name}: {form.Description}, not '{token.Value}'.");
    }

    private static (Predicate<string> Reads, string Description)? Find(Type type)
    {
        var one = type.IsArray ? type.GetElementType()! : Nullable.GetUnderlyingType(type) ?? type;
        if (one == typeof(Guid))
            return (text => Guid.TryParse(text, out _), "an id, as 11111111-1111-1111-1111-111111111111");
        if (one == typeof(int))
            return (text => int.TryParse(text, CultureInfo.InvariantCulture, out _), "a whole number");
        return one == typeof(DateTimeOffset)
            ? (text => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _), "a time, as 2026-11-24T08:00Z")
            : null;
    }
}
