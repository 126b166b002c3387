namespace OpsMantik.Core.Errors.Topics;

internal static class Entries
{
    /// <summary>One meaning for each of several codes.</summary>
    public static IEnumerable<ErrorMeaning> Of(
        string topic, Responsible who, string meaning, string action, params string[] codes) =>
        codes.Select(code => new ErrorMeaning(code, topic, meaning, action, who));
}
