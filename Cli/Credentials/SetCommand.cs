using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Runs;

namespace OpsMantik.Cli.Credentials;

/// <summary><c>opsmantik credentials set</c>. Never from arguments: other users of the machine can read those.</summary>
internal static class SetCommand
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>What to type for a site that has none.</summary>
    public static string LineFor(Guid site) => $"opsmantik credentials set --site {site} --file credentials.json";

    public static Command Create()
    {
        var site = SiteOption.Create("Whose credentials.", required: true);
        var file = new Option<FileInfo?>("--file")
        {
            Description = "A file with the credentials' JSON object. Default: standard input.",
        };
        var (provider, actor) = (ProviderOption.Create(), ActorOption.Create());
        return OperatorCommand.Create(
            "set",
            "Checks a site's credentials, seals them with OPSMANTIK_VAULT_KEY and stores them over those it had. The fields "
            + "are those of the runbook.",
            [
                "opsmantik credentials set --site cafe.example --file credentials.json",
                "secret-tool lookup site cafe | opsmantik credentials set --site cafe.example",
            ],
            [site, file, provider, actor],
            async (services, parsed, output, stopping) =>
            {
                var buffer = new byte[MaxBytes + 1];
                try
                {
                    var length = await ReadAsync(parsed.GetValue(file), buffer, stopping);
                    using var json = Parse(buffer.AsMemory(0, length));
                    var (id, key) = (await site.ReadRequiredAsync(services, parsed, stopping), parsed.GetValue(provider)!);
                    var result = await services.GetRequiredService<CredentialSeeding>()
                        .SeedAsync(id, key, json.RootElement, parsed.GetValue(actor)!, stopping);
                    if (result.Outcome != SeedOutcome.Seeded)
                        throw new OperatorException($"Nothing was stored: {result.Fault}");
                    output.Write(
                        new { site_id = id, provider_key = key, stored = true },
                        console => console.Verbatim($"Stored and active. Rows that failed before: opsmantik requeue --site {id} --category AUTH"));
                    return ExitCodes.Success;
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(buffer);
                }
            });
    }

    private static async Task<int> ReadAsync(FileInfo? file, byte[] buffer, CancellationToken stopping)
    {
        await using var source = file is null ? Console.OpenStandardInput() : file.OpenRead();
        var length = await source.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, stopping);
        return length <= MaxBytes ? length : throw new OperatorException("Nothing was stored: the credentials are longer than 64 KiB.");
    }

    // The parser's own message may quote what it met.
    private static JsonDocument Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var json = JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (json.RootElement.ValueKind == JsonValueKind.Object)
                return json;
            json.Dispose();
        }
        catch (JsonException)
        {
        }

        throw new OperatorException("Nothing was stored: the credentials are not a JSON object.");
    }
}
