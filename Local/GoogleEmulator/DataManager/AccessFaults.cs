using OpsMantik.Local.GoogleEmulator.Tokens;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>The refusals of what stands in front of the API: credentials, scopes, permissions.</summary>
internal static class AccessFaults
{
    private const string Advice = " Expected OAuth 2 access token, login cookie or other valid authentication "
        + "credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.";

    /// <summary>What is wrong with the caller; null when it may go on.</summary>
    /// <param name="token">What the Authorization header holds.</param>
    /// <param name="method">Full name of the method called.</param>
    public static Fault? Find((AccessGrant? Grant, TokenFault? Fault) token, string method) =>
        token.Fault is { } fault ? Unauthenticated(fault, method)
        : token.Grant!.Allows(Scopes.DataManager) ? null
        : Front(new(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.",
            "ACCESS_TOKEN_SCOPE_INSUFFICIENT"), method);

    public static Fault Unauthenticated(TokenFault fault, string method) => Front(fault switch
    {
        TokenFault.Missing => new(401, "UNAUTHENTICATED",
            "Request is missing required authentication credential." + Advice, "CREDENTIALS_MISSING"),
        TokenFault.Expired => Bad("ACCESS_TOKEN_EXPIRED"),
        _ => Bad("ACCESS_TOKEN_TYPE_UNSUPPORTED"),
    }, method);

    public static Fault Forbidden { get; } =
        new(403, "PERMISSION_DENIED", "The caller does not have permission", "PERMISSION_DENIED");

    public static Fault NotAllowlisted { get; } = new(
        403, "PERMISSION_DENIED", "The account is not allowlisted for the given feature.", "NOT_ALLOWLISTED");

    private static Fault Bad(string reason) =>
        new(401, "UNAUTHENTICATED", "Request had invalid authentication credentials." + Advice, reason);

    private static Fault Front(Fault fault, string method) => fault with
    {
        Domain = "googleapis.com",
        Metadata = [("service", Fault.Service), ("method", method)],
    };
}
