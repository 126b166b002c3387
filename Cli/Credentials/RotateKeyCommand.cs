using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Operations;

namespace OpsMantik.Cli.Credentials;

/// <summary><c>opsmantik credentials rotate-key</c>: seals everything with the current key; may be run again at any time.</summary>
internal static class RotateKeyCommand
{
    public static Command Create()
    {
        var actor = Actor.CreateOption();
        return OperatorCommand.Create(
            "rotate-key",
            "Seals every credential with OPSMANTIK_VAULT_KEY that an older key (OPSMANTIK_VAULT_PREVIOUS_KEYS) sealed. Give "
            + "the workers both keys first; they may run meanwhile. If it is interrupted, run it again. Exit code 1 when some "
            + "could not be opened.",
            ["opsmantik credentials rotate-key"],
            [actor],
            async (services, parsed, output, stopping) =>
            {
                var result = await services.GetRequiredService<KeyRotation>().RunAsync(
                    parsed.GetValue(actor)!, new Progress(output), stopping);
                output.Write(result, screen => screen.Verbatim(
                    $"re-sealed={result.Resealed} already current={result.Current} changed meanwhile={result.Changed}"));
                Name(output, "sealed by a key that is not given", result.UnknownKey);
                Name(output, "damaged", result.Unreadable);
                return result.UnknownKey.Count + result.Unreadable.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
            });
    }

    private static void Name(CommandOutput output, string fault, IReadOnlyList<Guid> sites)
    {
        foreach (var site in sites)
            output.WriteLine($"site {site}: {fault}");
    }

    // Not Progress<T>: that one reports from another thread, after the result may be out.
    private sealed class Progress(CommandOutput output) : IProgress<long>
    {
        public void Report(long value) => output.WriteLine($"{value} re-sealed");
    }
}
