using System.CommandLine;

namespace OpsMantik.Cli.Operator;

/// <summary>Who the audit names.</summary>
internal static class Actor
{
    private const int MaxLength = 100;

    public static Option<string> CreateOption()
    {
        var option = new Option<string>("--as")
        {
            Description = "Your name in the audit.",
            DefaultValueFactory = _ => $"{Environment.UserName}@{Environment.MachineName}",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } name && (name.Trim().Length == 0 || name.Length > MaxLength))
                result.AddError($"--as: 1 to {MaxLength} characters.");
        });
        return option;
    }
}
