using System.Text.Json;
using Microsoft.Extensions.Configuration;
using OpsMantik.Web;

namespace OpsMantik.Cli.Serve;

/// <summary>
/// The <c>Values</c> of <c>local.settings.json</c>, which the Functions tools would hand over as environment variables.
/// </summary>
internal static class LocalSettings
{
    public const string FileName = "local.settings.json";

    /// <summary>Takes the file from the first folder that has one; without a file it adds nothing.</summary>
    /// <exception cref="SettingsException">The file is no JSON object of texts.</exception>
    public static IConfigurationBuilder AddLocalSettings(this IConfigurationBuilder builder, params IReadOnlyList<string> folders)
    {
        var file = folders.Select(folder => Path.Combine(folder, FileName)).FirstOrDefault(File.Exists);
        return file is null ? builder : builder.AddInMemoryCollection(Read(file));
    }

    private static List<KeyValuePair<string, string?>> Read(string file)
    {
        try
        {
            using var document = JsonDocument.Parse(
                File.ReadAllText(file),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return document.RootElement.TryGetProperty("Values", out var values)
                ? [.. values.EnumerateObject().Select(value => KeyValuePair.Create(
                    value.Name.Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal),
                    (string?)value.Value.ToString()))]
                : [];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new SettingsException($"{FileName} must be a JSON object with an object \"Values\" of texts");
        }
    }
}
