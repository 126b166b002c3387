using System.Buffers.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>
/// <c>POST /token</c>: OAuth by refresh token, or by a service account's assertion. The text of the token, or of the
/// assertion's issuer, drives it: <c>revoked</c> is refused, <c>slow</c> answers late, <c>tokendown</c> finds the
/// service down, and <c>adwordsonly</c> in a refresh token leaves the Data Manager scope out, <c>datamanageronly</c> the other; a client id with
/// <c>unknown</c> and a client secret with <c>wrong</c> are refused.
/// </summary>
internal sealed class TokenEndpoint(
    Func<Recording> recording,
    EmulatorSettings settings,
    AccessTokens tokens,
    BehaviourRegistry behaviours,
    BehaviourExecutor executor,
    TimeProvider time)
{
    private const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    public async Task HandleAsync(HttpContext context)
    {
        var form = context.Request.HasFormContentType
            ? await context.Request.ReadFormAsync(context.RequestAborted)
            : FormCollection.Empty;
        string? Field(string name) => form.TryGetValue(name, out var values) ? values.ToString() : null;

        var refreshToken = Field("refresh_token");
        var assertion = ServiceAccountAssertion.Read(Field("assertion"));
        var call = new TokenCall(Field("grant_type"), Field("client_id"))
        {
            RefreshToken = refreshToken,
            Issuer = assertion?.Issuer,
        };
        recording().Add(call);
        if (Contains(refreshToken ?? call.Issuer, "slow"))
            await Task.Delay(settings.SlowTokenDelay, time, context.RequestAborted);

        context.Response.Headers.CacheControl = "no-cache, no-store, max-age=0, must-revalidate";
        await executor.AnswerAsync(
            context,
            status => call.Status = status,
            behaviours.Next(refreshToken ?? call.Issuer ?? ""),
            () => call.GrantType == JwtBearer ? ForAssertion(assertion) : ForRefreshToken(call, Field("client_secret")),
            Refuse);
    }

    private static Answer Refuse(CallBehaviour behaviour) => behaviour.Kind switch
    {
        BehaviourKind.ServerError =>
            Error(behaviour.Status, "temporarily_unavailable", "The service is currently unavailable."),
        BehaviourKind.QuotaTemporary or BehaviourKind.QuotaDaily =>
            Error(429, "rate_limit_exceeded", "Rate Limit Exceeded"),
        _ => Error(400, "invalid_grant", "Token has been expired or revoked."),
    };

    private Answer ForRefreshToken(TokenCall call, string? clientSecret)
    {
        if (string.IsNullOrEmpty(call.GrantType))
            return Error(400, "invalid_request", "Required parameter is missing: grant_type");
        if (call.GrantType != "refresh_token")
            return Error(400, "unsupported_grant_type", $"Invalid grant_type: {call.GrantType}");
        if (Contains(call.RefreshToken, "tokendown"))
            return Error(503, "temporarily_unavailable", "The service is currently unavailable.");
        if (string.IsNullOrEmpty(call.ClientId))
            return Error(400, "invalid_request", "Could not determine client ID from request.");
        if (Contains(call.ClientId, "unknown"))
            return Error(401, "invalid_client", "The OAuth client was not found.");
        if (string.IsNullOrEmpty(clientSecret))
            return Error(400, "invalid_request", "client_secret is missing.");
        if (Contains(clientSecret, "wrong"))
            return Error(401, "invalid_client", "Unauthorized");
        if (string.IsNullOrEmpty(call.RefreshToken))
            return Error(400, "invalid_request", "Missing required parameter: refresh_token");
        if (Contains(call.RefreshToken, "revoked"))
            return Error(400, "invalid_grant", "Token has been expired or revoked.");

        var scope = Contains(call.RefreshToken, "adwordsonly") ? Scopes.Ads
            : Contains(call.RefreshToken, "datamanageronly") ? Scopes.DataManager
            : $"{Scopes.Ads} {Scopes.DataManager}";
        return Token(tokens.Issue(call.RefreshToken, call.ClientId, scope), scope);
    }

    private Answer ForAssertion(ServiceAccountAssertion? assertion)
    {
        if (assertion is null)
            return Error(400, "invalid_grant", "Invalid JWT.");
        var issuer = assertion.Issuer;
        if (Contains(issuer, "tokendown"))
            return Error(503, "temporarily_unavailable", "The service is currently unavailable.");
        if (Contains(issuer, "revoked"))
            return Error(400, "invalid_grant", "Invalid grant: account not found");
        if (string.IsNullOrEmpty(assertion.Scope))
            return Error(400, "invalid_scope", "Empty or missing scope not allowed.");
        return Token(tokens.Issue(issuer, issuer[(issuer.IndexOf('@') + 1)..], assertion.Scope), scope: null);
    }

    private static Answer Token(string accessToken, string? scope) => Answer.Json(200, json =>
    {
        json.WriteStartObject();
        json.WriteString("access_token", accessToken);
        json.WriteNumber("expires_in", (int)AccessTokens.Lifetime.TotalSeconds);
        if (scope is not null)
            json.WriteString("scope", scope);
        json.WriteString("token_type", "Bearer");
        json.WriteEndObject();
    });

    private static Answer Error(int status, string error, string description) => Answer.Json(status, json =>
    {
        json.WriteStartObject();
        json.WriteString("error", error);
        json.WriteString("error_description", description);
        json.WriteEndObject();
    });

    private static bool Contains(string? text, string mark) => text?.Contains(mark, StringComparison.Ordinal) is true;
}

/// <summary>The claims of a service account's JWT that matter here. Its signature is not verified.</summary>
internal sealed record ServiceAccountAssertion(string Issuer, string? Scope)
{
    /// <summary>Null when the text is no JWT with an issuer.</summary>
    public static ServiceAccountAssertion? Read(string? assertion)
    {
        if (assertion?.Split('.') is not [_, var payload, _])
            return null;
        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            return claims.RootElement.ValueKind is JsonValueKind.Object
                && Claim(claims, "iss") is { Length: > 0 } issuer
                ? new(issuer, Claim(claims, "scope"))
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private static string? Claim(JsonDocument claims, string name) =>
        claims.RootElement.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;
}
