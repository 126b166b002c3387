using OpsMantik.Local.GoogleEmulator.Tokens;

namespace OpsMantik.Local.GoogleEmulator.Errors;

/// <summary>A whole request refused.</summary>
/// <param name="HttpStatus">Status line.</param>
/// <param name="Status">Canonical name, such as <c>INVALID_ARGUMENT</c>.</param>
/// <param name="Message">Google's words for the whole request.</param>
/// <param name="Errors">The errors of its GoogleAdsFailure; none where the Ads API itself was not reached.</param>
internal sealed record RequestFault(int HttpStatus, string Status, string Message, params IReadOnlyList<GoogleError> Errors)
{
    /// <summary>Where the JSON front end stumbled; null when the fault is none of its own.</summary>
    public string? BadField { get; init; }

    public static RequestFault InvalidArgument(params IReadOnlyList<GoogleError> errors) =>
        new(400, "INVALID_ARGUMENT", "Request contains an invalid argument.", errors);

    public static RequestFault InvalidArgument(string code) =>
        InvalidArgument(new GoogleError(ErrorCatalog.Find(code)));

    public static RequestFault Unauthenticated(string code) => new(401, "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        + "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        new GoogleError(ErrorCatalog.Find(code)));

    public static RequestFault Unauthenticated(TokenFault fault) => fault switch
    {
        TokenFault.Missing => Unauthenticated("AUTHENTICATION_ERROR") with
        {
            Message = "Request is missing required authentication credential. Expected OAuth 2 access token, login "
                + "cookie or other valid authentication credential. See "
                + "https://developers.google.com/identity/sign-in/web/devconsole-project.",
        },
        TokenFault.Expired => Unauthenticated("OAUTH_TOKEN_EXPIRED"),
        _ => Unauthenticated("OAUTH_TOKEN_INVALID"),
    };

    public static RequestFault PermissionDenied(string code) =>
        new(403, "PERMISSION_DENIED", "The caller does not have permission", new GoogleError(ErrorCatalog.Find(code)));

    public static RequestFault Exhausted(string code, QuotaDetails quota)
    {
        var kind = ErrorCatalog.Find(code);
        var message = $"{kind.Message} Retry in {(long)quota.RetryDelay.TotalSeconds} seconds.";
        return new(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).",
            new GoogleError(kind with { Message = message }) { Quota = quota });
    }
}
