using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>
/// <c>GET /o/oauth2/v2/auth</c>, the consent of a person who agrees at once, and
/// <c>POST /token</c>: OAuth by the code of a consent, by refresh token, or by a service account's assertion. The text of the token, or of the
/// assertion's issuer, drives it: <c>revoked</c> is refused, <c>slow</c> answers late, <c>tokendown</c> finds the
/// service down, and <c>adwordsonly</c> in a refresh token leaves the Data Manager scope out, <c>datamanageronly</c> the other; a client id with
/// <c>unknown</c> and a client secret with <c>wrong</c> are refused. A client id with <c>declined</c> is denied the consent, with
/// <c>unticked</c> gets the last of its scopes alone, with <c>norefresh</c> no refresh token, and with <c>testing</c> one of seven days.
/// </summary>
internal sealed class TokenEndpoint(
    Func<Recording> recording,
    EmulatorSettings settings,
    AccessTokens tokens,
    BehaviourRegistry behaviours,
    BehaviourExecutor executor,
    TimeProvider time)
{
    private const long TestingSeconds = 604_799;

    private const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    private readonly ConsentCodes _codes = new(time);

    /// <summary>Leads the browser straight back, as if the person had pressed Allow.</summary>
    public async Task ConsentAsync(HttpContext context)
    {
        string Field(string name) => context.Request.Query[name].ToString();
        var (clientId, redirect, scope) = (Field("client_id"), Field("redirect_uri"), Field("scope"));
        var fault = Contains(clientId, "unknown") || clientId.Length == 0 ? "Error 401: invalid_client"
            : !Uri.TryCreate(redirect, UriKind.Absolute, out var back) || back is not { Scheme: "http", IsLoopback: true } ? "Error 400: redirect_uri_mismatch"
            : Field("response_type") != "code" ? "Error 400: unsupported_response_type"
            : !scope.Split(' ').All(each => each is Scopes.Ads or Scopes.DataManager) ? "Error 400: invalid_scope"
            : Field("code_challenge_method") != "S256" || Field("code_challenge").Length != 43 ? "Error 400: invalid_request"
            : null;
        if (fault is not null)
        {
            var page = Answer.Html(400, fault);
            context.Response.StatusCode = page.Status;
            context.Response.ContentType = page.ContentType;
            await context.Response.Body.WriteAsync(page.Body, context.RequestAborted);
            return;
        }

        var granted = Contains(clientId, "unticked") ? scope.Split(' ')[^1] : scope;
        var isOffline = Field("access_type") == "offline" && Field("prompt").Split(' ').Contains("consent");
        var answer = Contains(clientId, "declined") ? "error=access_denied"
            : $"code={Uri.EscapeDataString(_codes.Issue(new(clientId, redirect, Field("code_challenge"), granted, isOffline)))}&scope={Uri.EscapeDataString(granted)}";
        context.Response.Redirect($"{redirect}?state={Uri.EscapeDataString(Field("state"))}&{answer}");
    }

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
            () => call.GrantType switch
            {
                JwtBearer => ForAssertion(assertion),
                "authorization_code" => ForCode(call, Field),
                _ => ForRefreshToken(call, Field("client_secret")),
            },
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

    private Answer ForCode(TokenCall call, Func<string, string?> field)
    {
        if (Contains(field("client_secret"), "wrong") || string.IsNullOrEmpty(field("client_secret")))
            return Error(401, "invalid_client", "Unauthorized");
        if (_codes.Take(field("code")) is not { } consent || consent.ClientId != call.ClientId)
            return Error(400, "invalid_grant", "Malformed auth code.");
        if (consent.RedirectUri != field("redirect_uri"))
            return Error(400, "redirect_uri_mismatch", "Bad Request");
        if (Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(field("code_verifier") ?? ""))) != consent.Challenge)
            return Error(400, "invalid_grant", field("code_verifier") is null ? "Missing code verifier." : "Invalid code verifier.");
        var refreshToken = !consent.Offline || Contains(call.ClientId, "norefresh")
            ? null
            : $"1//{RandomNumberGenerator.GetHexString(48, lowercase: true)}" + consent.Scope switch
            {
                Scopes.Ads => "-adwordsonly",
                Scopes.DataManager => "-datamanageronly",
                _ => "",
            };
        return Token(
            tokens.Issue(refreshToken ?? "", consent.ClientId, consent.Scope),
            consent.Scope,
            refreshToken,
            refreshToken is not null && Contains(call.ClientId, "testing") ? TestingSeconds : null);
    }

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

    private static Answer Token(string accessToken, string? scope, string? refreshToken = null, long? refreshSeconds = null) => Answer.Json(200, json =>
    {
        json.WriteStartObject();
        json.WriteString("access_token", accessToken);
        json.WriteNumber("expires_in", (int)AccessTokens.Lifetime.TotalSeconds);
        if (scope is not null)
            json.WriteString("scope", scope);
        if (refreshToken is not null)
            json.WriteString("refresh_token", refreshToken);
        if (refreshSeconds is { } seconds)
            json.WriteNumber("refresh_token_expires_in", seconds);
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
