using System.Collections.Frozen;

namespace OpsMantik.Core;

/// <summary>
/// What errors mean to a person: for the status page, the command line, the alerts and <c>docs/errors.md</c>. Which
/// rows wait or fail is decided by the providers' tables (<c>ErrorTable</c>, <c>ErrorTables</c>); nothing here changes what happens to a row.
/// </summary>
public static class ErrorMeanings
{
    private const string UnknownTopic = "Anything else";

    /// <summary>Every code, by topic, in the order in which they are told.</summary>
    public static IReadOnlyList<ErrorMeaning> All => ErrorMeaningTable.All;

    /// <summary>By category, for a code that Google has added since.</summary>
    public static IReadOnlyList<ErrorMeaning> Categories => ErrorMeaningTable.Categories;

    private static readonly FrozenDictionary<string, ErrorMeaning> ByCode =
        All.ToFrozenDictionary(meaning => meaning.Code, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, ErrorMeaning> ByCategory =
        Categories.ToFrozenDictionary(meaning => meaning.Code, StringComparer.Ordinal);

    /// <summary>The code's own entry; null when the table does not list it.</summary>
    public static ErrorMeaning? Find(string code) =>
        ByCode.TryGetValue(code, out var own) ? own
        : code.StartsWith("HTTP_5", StringComparison.Ordinal) ? ByCode[ErrorMeaningTable.ServerFamily]
        : code.StartsWith("HTTP_", StringComparison.Ordinal) ? ByCode[ErrorMeaningTable.HttpFamily]
        : null;

    /// <summary>Always an answer: the code's entry, else its category's, else that nobody knows.</summary>
    /// <param name="code">As stored; null where there is none.</param>
    /// <param name="category">As stored, upper-case; null where there is none.</param>
    public static ErrorMeaning Of(string? code, string? category)
    {
        if (code is not null && Find(code) is { } own)
            return own;
        var shared = category is not null ? ByCategory.GetValueOrDefault(category) : null;
        return shared is not null
            ? shared with { Code = code ?? shared.Code }
            : new ErrorMeaning(
                code ?? "none",
                UnknownTopic,
                "This error is not in the table.",
                "Read the row's message; if it does not explain itself, ask whoever runs the worker.",
                Responsible.Operator);
    }
}

/// <summary>What a code says, in words for a person who answers the phone.</summary>
/// <param name="Code">As it stands in <c>provider_error_code</c>; a family of codes ends in <c>*</c>.</param>
/// <param name="Topic">What it is about, one of a few words for a heading.</param>
/// <param name="Meaning">What happened: one plain sentence.</param>
/// <param name="Action">What to do: one or two plain sentences.</param>
/// <param name="Who">Who has to do it.</param>
public sealed record ErrorMeaning(string Code, string Topic, string Meaning, string Action, Responsible Who);

/// <summary>Who has to do something about an error.</summary>
public enum Responsible
{
    /// <summary>It heals by itself, or nothing can be done.</summary>
    Nobody,

    /// <summary>The business whose ads these are: its Google account, its settings, its phone desk.</summary>
    SiteOwner,

    /// <summary>Whoever runs this worker.</summary>
    Operator,
}
