using Microsoft.AspNetCore.Http;

namespace OpsMantik.Local.GoogleEmulator.Tokens;

/// <summary>
/// <c>POST /token</c>: OAuth by refresh token. The token's text drives it: <c>revoked</c> is refused, <c>slow</c>
/// answers late, <c>tokendown</c> finds the service down; so do a client id with <c>unknown</c> and a client secret
/// with <c>wrong</c>.
/// </summary>
internal sealed class TokenEndpoint(
    Func<Recording> recording, EmulatorSettings settings, AccessTokens tokens, TimeProvider time)
{
    private const string Scope = "https://www.googleapis.com/auth/adwords";

    public async Task HandleAsync(HttpContext context)
    {
        var form = context.Request.HasFormContentType
            ? await context.Request.ReadFormAsync(context.RequestAborted)
            : FormCollection.Empty;
        string? Field(string name) => form.TryGetValue(name, out var values) ? values.ToString() : null;

        var refreshToken = Field("refresh_token");
        var call = new TokenCall(Field("grant_type"), Field("client_id")) { RefreshToken = refreshToken };
        recording().Add(call);
        if (Has(refreshToken, "slow"))
            await Task.Delay(settings.SlowTokenDelay, time, context.RequestAborted);

        var answer = Decide(call, Field("client_secret"));
        call.Status = answer.Status;
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        context.Response.ContentLength = answer.Body.Length;
        context.Response.Headers.CacheControl = "no-cache, no-store, max-age=0, must-revalidate";
        await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }

    private Answer Decide(TokenCall call, string? clientSecret)
    {
        if (string.IsNullOrEmpty(call.GrantType))
            return Error(400, "invalid_request", "Required parameter is missing: grant_type");
        if (call.GrantType != "refresh_token")
            return Error(400, "unsupported_grant_type", $"Invalid grant_type: {call.GrantType}");
        if (Has(call.RefreshToken, "tokendown"))
            return Error(503, "temporarily_unavailable", "The service is currently unavailable.");
        if (string.IsNullOrEmpty(call.ClientId))
            return Error(400, "invalid_request", "Could not determine client ID from request.");
        if (Has(call.ClientId, "unknown"))
            return Error(401, "invalid_client", "The OAuth client was not found.");
        if (string.IsNullOrEmpty(clientSecret))
            return Error(400, "invalid_request", "client_secret is missing.");
        if (Has(clientSecret, "wrong"))
            return Error(401, "invalid_client", "Unauthorized");
        if (string.IsNullOrEmpty(call.RefreshToken))
            return Error(400, "invalid_request", "Missing required parameter: refresh_token");
        if (Has(call.RefreshToken, "revoked"))
            return Error(400, "invalid_grant", "Token has been expired or revoked.");

        return Answer.Json(200, json =>
        {
            json.WriteStartObject();
            json.WriteString("access_token", tokens.Issue(call.RefreshToken));
            json.WriteNumber("expires_in", (int)AccessTokens.Lifetime.TotalSeconds);
            json.WriteString("scope", Scope);
            json.WriteString("token_type", "Bearer");
            json.WriteEndObject();
        });
    }

    private static Answer Error(int status, string error, string description) => Answer.Json(status, json =>
    {
        json.WriteStartObject();
        json.WriteString("error", error);
        json.WriteString("error_description", description);
        json.WriteEndObject();
    });

    private static bool Has(string? text, string mark) => text?.Contains(mark, StringComparison.Ordinal) is true;
}
