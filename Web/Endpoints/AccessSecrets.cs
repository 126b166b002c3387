using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using OpsMantik.Core;

namespace OpsMantik.Web.Endpoints;

/// <summary>The two secrets of the settings: the cron secret opens everything, the status secret only what reads.</summary>
internal sealed class AccessSecrets(IConfiguration configuration)
{
    public const string CronSetting = "CRON_SECRET";
    public const string StatusSetting = "STATUS_SECRET";

    public AccessSecret Cron { get; } = new(configuration, CronSetting);

    /// <summary>Optional: without it the cron secret opens the page alone.</summary>
    public AccessSecret Status { get; } = new(configuration, StatusSetting);

    /// <summary>Whether this is one of the two. Both are always compared, so the time taken does not tell which.</summary>
    public bool AnyKnows(string presented) => Cron.Knows(presented) | Status.Knows(presented);

    /// <summary>Refuses secrets that could be guessed, everywhere but in development.</summary>
    /// <exception cref="SettingsException">One is short, a sample, or the same for both.</exception>
    public static void Check(IConfiguration configuration)
    {
        if (WorkerEnvironment.IsDevelopment(configuration))
            return;
        var (cron, status) = (AccessSecret.Split(configuration[CronSetting]), AccessSecret.Split(configuration[StatusSetting]));
        string?[] faults =
        [
            SecretStrength.FindFault(CronSetting, cron),
            SecretStrength.FindFault(StatusSetting, status)
                ?? (cron.Intersect(status).Any() ? $"{StatusSetting} is a cron secret too: {SecretStrength.Remedy}" : null),
        ];
        SettingsCheck.Refuse([.. faults.OfType<string>()]);
    }
}

/// <summary>The secret of one setting. Two may be valid while one replaces the other. Without a usable one it opens nothing.</summary>
internal sealed class AccessSecret
{
    private const string Scheme = "Bearer ";
    private const int MaxSecrets = 2;

    private readonly byte[][] _digests = [];

    public AccessSecret(IConfiguration configuration, string setting)
    {
        var text = configuration[setting];
        var secrets = Split(text);
        IsSet = secrets.Length > 0;
        if (KeyVaultReference.IsIn(text))
            (State, Fault) = ("unresolved", $"{setting} {KeyVaultReference.Remedy}");
        else if (!IsSet)
            (State, Fault) = ("missing", $"{setting} is missing: {SecretStrength.Remedy}");
        else if (secrets.Length > MaxSecrets)
            (State, Fault) = ("invalid", $"{setting} holds {secrets.Length} secrets: set one, or two with a comma between");
        else
            _digests = [.. secrets.Select(Digest)];
    }

    /// <summary>There is something in the setting, usable or not.</summary>
    public bool IsSet { get; }

    /// <summary>For the health endpoint.</summary>
    public string State { get; } = "ok";

    /// <summary>Why it opens nothing, null when it does.</summary>
    public string? Fault { get; }

    /// <param name="authorization">The one value of the header: <c>Bearer &lt;secret&gt;</c>.</param>
    public static string? BearerOf(StringValues authorization) =>
        authorization is [{ } value] && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? value[Scheme.Length..].Trim()
            : null;

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

    internal static string[] Split(string? setting) =>
        (setting ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static byte[] Digest(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}

/// <summary>Tells a secret that somebody made up, or copied from a page, from a random one.</summary>
internal static class SecretStrength
{
    /// <summary>In characters: 128 bits in hex.</summary>
    public const int LeastLength = 32;

    public const string Remedy = "make one with openssl rand -hex 32";

    // Of 32 random hex digits fewer than six differ once in twenty million.
    private const int LeastDifferent = 6;

    // What is left of a secret without these words must still be hard to guess.
    private const int LeastBesideWords = 16;

    // Of samples: ours, our tests' and those that people write. The longer first where one holds the other.
    private static readonly string[] Words =
    [
        "0123456789abcdef", "abcdefghijklmnopqrstuvwxyz", "0123456789", "1234567890", "123456789", "qwerty", "changeme", "change",
        "replace", "example", "sample", "placeholder", "default", "password", "secret", "token", "bearer", "cron", "status", "your",
        "this", "with", "here", "please", "insert", "random", "string", "value", "long", "text", "opsmantik", "admin", "test", "dummy",
        "canary", "openssl", "rand", "hex",
    ];

    /// <summary>Why one of them could be guessed, without it; null when none could. A reference that is not resolved is none.</summary>
    public static string? FindFault(string setting, IReadOnlyList<string> secrets) => secrets
        .Where(secret => !KeyVaultReference.IsIn(secret))
        .Select(FindFault)
        .OfType<string>()
        .Select(fault => $"{setting} {fault}: {Remedy}. Only {WorkerEnvironment.Setting}=Development takes such a one")
        .FirstOrDefault();

    private static string? FindFault(string secret)
    {
        if (secret.Length < LeastLength)
            return $"has fewer than {LeastLength} characters";
        if (secret.Distinct().Count() < LeastDifferent)
            return "repeats a few characters";
        var rest = Words.Aggregate(
            new string([.. secret.Where(char.IsLetterOrDigit)]).ToLowerInvariant(),
            (text, word) => text.Replace(word, "", StringComparison.Ordinal));
        return rest.Length < LeastBesideWords ? "is made of the words of a sample" : null;
    }
}
