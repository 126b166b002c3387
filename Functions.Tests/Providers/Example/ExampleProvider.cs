using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Vault;

namespace OpsMantik.Functions.Tests.Providers.Example;

/// <summary>The provider that docs/adding-a-provider.md works through: a JSON array to an HTTP endpoint, an answer per conversion.</summary>
internal sealed class ExampleProvider(IHttpClientFactory http, IOptions<ExampleOptions> options) : IConversionProvider
{
    public const string ProviderKey = "example";

    public string Key => ProviderKey;

    public int MaxBatchSize => 500;

    public string? FindFault(JsonElement credentials) =>
        ReadApiKey(credentials) is null ? "api_key is missing or empty." : null;

    public async Task<IReadOnlyList<UploadOutcome>> UploadAsync(
        OpenedCredential credential, IReadOnlyList<Conversion> conversions, CancellationToken cancellationToken)
    {
        var batch = new UploadBatch(conversions);
        using var json = credential.Parse();
        if (FindFault(json.RootElement) is { } fault)
            batch.SettleAll(UploadOutcome.Failed("INVALID_CREDENTIALS", ErrorCategory.Auth, fault) with { MayHaveBeenSent = false });
        else if (batch.Sendable.Count > 0)
            await SendAsync(ReadApiKey(json.RootElement)!, batch, cancellationToken);
        return batch.Outcomes;
    }

    private async Task SendAsync(string apiKey, UploadBatch batch, CancellationToken cancellationToken)
    {
        using var client = http.CreateClient(ProviderKey);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.Value.BaseAddress, "conversions"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        request.Content = JsonContent.Create(batch.Sendable.Select(conversion => new ExampleConversion(
            conversion.OrderId, conversion.Click!.Value.Value, conversion.Time, conversion.Value.MinorUnits, conversion.Value.Currency.Code)));
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                batch.SettleAll(Refused(response.StatusCode, response.Headers.RetryAfter?.Delta));
                return;
            }

            var answers = await response.Content.ReadFromJsonAsync<ExampleAnswer[]>(cancellationToken);
            if (answers?.Length != batch.Sendable.Count)
                throw new JsonException("Not one answer per conversion.");
            var scrubber = new SecretScrubber(apiKey);
            for (var index = 0; index < batch.Sendable.Count; index++)
                batch.Settle(index, Outcome(answers[index], scrubber));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            batch.SettleAll(UploadOutcome.Retry("TIMEOUT", ErrorCategory.Transient, "No answer in time."));
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException)
        {
            batch.SettleAll(UploadOutcome.Retry("CONNECTION", ErrorCategory.Transient, "No answer, or an unreadable one."));
        }
    }

    private static UploadOutcome Outcome(ExampleAnswer answer, SecretScrubber scrubber) => answer.Status switch
    {
        "ok" => UploadOutcome.Completed(),
        "duplicate" => UploadOutcome.Completed("DUPLICATE"),
        _ => UploadOutcome.Failed("INVALID_CLICK", ErrorCategory.Validation, scrubber.Clean(answer.Message)),
    };

    private static UploadOutcome Refused(HttpStatusCode status, TimeSpan? retryAfter) => status switch
    {
        HttpStatusCode.Unauthorized => UploadOutcome.Failed("UNAUTHENTICATED", ErrorCategory.Auth, "The api_key is refused."),
        HttpStatusCode.TooManyRequests => UploadOutcome.Retry("HTTP_429", ErrorCategory.RateLimit, "Too many requests.", retryAfter),
        _ => UploadOutcome.Retry($"HTTP_{(int)status}", ErrorCategory.Transient, "The endpoint is unwell."),
    };

    private static string? ReadApiKey(JsonElement credentials) =>
        credentials.ValueKind == JsonValueKind.Object
        && credentials.TryGetProperty("api_key", out var value) && value.ValueKind == JsonValueKind.String
        && !string.IsNullOrWhiteSpace(value.GetString()) ? value.GetString() : null;

    private sealed record ExampleConversion(string Id, string Click, DateTimeOffset Time, long ValueCents, string Currency);

    private sealed record ExampleAnswer(string Status, string? Message);
}

/// <summary>Section <c>Example</c>: <c>Example__BaseAddress</c>.</summary>
internal sealed class ExampleOptions
{
    [Required]
    public Uri BaseAddress { get; set; } = new("https://conversions.example/");
}

internal static class ExampleServices
{
    public static IServiceCollection AddExample(this IServiceCollection services)
    {
        services.AddOptions<ExampleOptions>().BindConfiguration("Example").ValidateDataAnnotations().ValidateOnStart();
        services.AddHttpClient(ExampleProvider.ProviderKey, client => client.Timeout = TimeSpan.FromSeconds(60));
        return services.AddSingleton<IConversionProvider, ExampleProvider>();
    }
}
