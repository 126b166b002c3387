using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Runs;

namespace OpsMantik.Cli.Credentials;

/// <summary><c>opsmantik credentials set</c>. Never from arguments: other users of the machine can read those.</summary>
internal static class SetCommand
{
    internal const int MaxBytes = 64 * 1024;

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
                    using var json = await ReadAsync(parsed.GetValue(file), buffer, "the credentials", stopping);
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

    /// <param name="file">Null: standard input.</param>
    /// <param name="buffer">Of <see cref="MaxBytes"/> and one; the document stands on it.</param>
    /// <param name="what">It is, for the message.</param>
    /// <exception cref="OperatorException">It is no JSON object, or too long.</exception>
    internal static async Task<JsonDocument> ReadAsync(FileInfo? file, byte[] buffer, string what, CancellationToken stopping)
    {
        await using var source = file is null ? Console.OpenStandardInput() : file.OpenRead();
        var length = await source.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, stopping);
        return length <= MaxBytes
            ? Parse(buffer.AsMemory(0, length)) ?? throw new OperatorException($"Nothing was stored: {what} are not a JSON object.")
            : throw new OperatorException($"Nothing was stored: {what} are longer than 64 KiB.");
    }

    // The parser's own message may quote what it met.
    private static JsonDocument? Parse(ReadOnlyMemory<byte> bytes)
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

        return null;
    }
}
