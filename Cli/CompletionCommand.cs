using System.CommandLine;

namespace OpsMantik.Cli;

/// <summary><c>opsmantik completion</c>: what a shell needs to complete the command line.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = "opsmantik.bash",
        ["zsh"] = "opsmantik.zsh",
        ["pwsh"] = "opsmantik.ps1",
    };

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = string.Join(", ", Scripts.Keys) + "." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var command = new CommandWithExamples(
            "completion",
            "Prints a script by which your shell completes commands and options. Load it in the shell's start file.",
            "source <(opsmantik completion bash)",
            "opsmantik completion pwsh | Out-String | Invoke-Expression")
        {
            shell,
        };
        command.SetAction(parsed =>
        {
            using var script = typeof(CompletionCommand).Assembly
                .GetManifestResourceStream($"OpsMantik.Cli.Completion.{Scripts[parsed.GetValue(shell)!]}")!;
            using var text = new StreamReader(script);
            parsed.InvocationConfiguration.Output.Write(text.ReadToEnd());
            return ExitCodes.Success;
        });
        return command;
    }
}
