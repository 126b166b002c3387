using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using OpsMantik.Core;

namespace OpsMantik.Cli;

/// <summary>Says in what form a value is wanted; the parser itself would name a type of .NET, or find out too late.</summary>
internal static class ValueFormats
{
    /// <summary>For every option and argument of the command and of those below it.</summary>
    public static void AddTo(Command command)
    {
        foreach (var option in command.Options)
        {
            if (Of(option.ValueType) is { } form)
                option.Validators.Add(result => Check(result, option.Name, form));
        }

        foreach (var argument in command.Arguments)
        {
            if (Of(argument.ValueType) is { } form)
                argument.Validators.Add(result => Check(result, $"<{argument.Name}>", form));
        }

        foreach (var below in command.Subcommands)
            AddTo(below);
    }

    private static void Check(SymbolResult result, string name, (Predicate<string> Reads, string Description) form)
    {
        if (result.Tokens.FirstOrDefault(token => !form.Reads(token.Value)) is { } token)
            result.AddError($"{name}: {form.Description}, not '{token.Value}'.");
    }

    private static (Predicate<string> Reads, string Description)? Of(Type type)
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

/// <summary>Times for people: UTC, to the second.</summary>
internal static class TimeFormat
{
    public static string Utc(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string UtcOrDash(DateTime? time) => time is { } known ? Utc(known) : "-";
}

internal static class ResponsibleNames
{
    /// <summary>Who has to act, for people.</summary>
    public static string Of(Responsible who) => who switch
    {
        Responsible.SiteOwner => "site owner",
        Responsible.Operator => "operator",
        _ => "nobody",
    };
}
