using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using OpsMantik.Core;

namespace OpsMantik.Web.Endpoints;

/// <summary>
/// Lets in who bears a cron secret. Two may be valid while one replaces the other. Without a usable secret it stays shut.
/// </summary>
internal sealed class CronSecretFilter : IEndpointFilter
{
    public const string Setting = "CRON_SECRET";

    private const string Scheme = "Bearer ";
    private const int MaxSecrets = 2;

    private readonly byte[][] _digests = [];

    public CronSecretFilter(IConfiguration configuration)
    {
        var setting = configuration[Setting] ?? "";
        var secrets = setting.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (KeyVaultReference.IsIn(setting))
            (Status, Fault) = ("unresolved", $"{Setting} {KeyVaultReference.Remedy}");
        else if (secrets.Length == 0)
            (Status, Fault) = ("missing", $"{Setting} is missing: set it to a long random text");
        else if (secrets.Length > MaxSecrets)
            (Status, Fault) = ("invalid", $"{Setting} holds {secrets.Length} secrets: set one, or two with a comma between");
        else
            _digests = [.. secrets.Select(Digest)];
    }

    /// <summary>For the health endpoint.</summary>
    public string Status { get; } = "ok";

    /// <summary>Why it stays shut, null when it does not.</summary>
    public string? Fault { get; }

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        Admits(context.HttpContext.Request.Headers.Authorization) ? await next(context) : Answer.Forbidden();

    /// <param name="authorization">The one value of the header: <c>Bearer &lt;secret&gt;</c>.</param>
    public bool Admits(StringValues authorization) =>
        authorization is [{ } value]
        && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && Knows(value[Scheme.Length..].Trim());

    /// <summary>Whether this is a secret that is valid now.</summary>
    public bool Knows(string presented)
    {
        // Digests have one length and every one is compared, so the time taken reveals nothing of a secret.
        var digestOfPresented = Digest(presented);
        var admitted = false;
        foreach (var digest in _digests)
            admitted |= CryptographicOperations.FixedTimeEquals(digestOfPresented, digest);
        return admitted;
    }

    private static byte[] Digest(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
