using System.Globalization;
using System.Text;

namespace OpsMantik.Reliability.Breakages;

/// <summary>Writes the code by which a broken copy chooses between right and wrong when it runs.</summary>
internal static class BreakageSource
{
    public static int NumberOf(IReadOnlyList<Breakage> breakages, Breakage breakage) =>
        Enumerable.Range(0, breakages.Count).First(number => breakages[number] == breakage);

    /// <summary>A C# breakage's place: the wrong expression when it is awake, else the right one.</summary>
    public static string Choice(int number, Breakage breakage) => string.Create(CultureInfo.InvariantCulture,
        $"(global::OpsMantik.Core.Breakage.Is({number}) ? ({breakage.Replacement}) : ({breakage.Original}))");

    /// <summary>The class that the choices ask.</summary>
    /// <param name="variable">Of the environment: the number of the breakage that is awake.</param>
    public static string Write(string variable, IReadOnlyList<Breakage> breakages)
    {
        var texts = new StringBuilder();
        for (var number = 0; number < breakages.Count; number++)
        {
            var breakage = breakages[number];
            if (breakage.IsSql)
                texts.AppendLine(CultureInfo.InvariantCulture,
                    $"        ({number}, {Quoted(breakage.Resource)}) => text.Replace({Quoted(breakage.Search)}, {Quoted(breakage.Apply(breakage.Search, breakage.Replacement))}),");
        }

        return $$"""
            namespace OpsMantik.Core;

            internal static class Breakage
            {
                private static readonly int Awake =
                    int.TryParse(System.Environment.GetEnvironmentVariable("{{variable}}"), out var number) ? number : -1;

                public static bool Is(int number) => number == Awake;

                public static string Text(string resource, string text) => (Awake, resource) switch
                {
            {{texts}}        _ => text,
                };
            }
            """;
    }

    private static string Quoted(string text) => $"@\"{text.Replace("\"", "\"\"")}\"";
}
