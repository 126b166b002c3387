using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Providers;
using OpsMantik.Web;

namespace OpsMantik.Cli.Doctor;

/// <summary>Whether Google would take a site's sales: its credentials, its account, its conversion action.</summary>
internal static class SiteChecks
{
    public const string Name = "site access";

    public static async Task<IReadOnlyList<CheckResult>> RunAsync(
        string connectionString, string named, string providerKey, CancellationToken cancellationToken)
    {
        await using var services = OperatorServices.Create(await DatabaseIdentity.SignInAsync(connectionString, cancellationToken));
        var site = (await SiteOption.FindAsync(services, named, cancellationToken))!.Value;
        var verification = await services.GetRequiredService<CredentialVerification>()
            .VerifyAsync(site, providerKey, cancellationToken);
        return verification is null
            ? [CheckResult.Fail(Name, $"site {site} has no credentials for {providerKey}", $"opsmantik credentials connect --site {site}")]
            : [Access(verification.Access, site), .. Of(verification.Account)];
    }

    public static IReadOnlyList<CheckResult> Of(IEnumerable<AccountFinding> findings) =>
        [.. findings.Select(finding => new CheckResult(finding.Check, StatusOf(finding.Severity), finding.Message, finding.Cure))];

    private static CheckResult Access(AccessCheck check, Guid site)
    {
        var message = check.Code is null ? check.Message : $"{check.Code}: {check.Message}";
        return check.Result switch
        {
            AccessResult.Works => CheckResult.Ok(Name, message),
            AccessResult.Refused => CheckResult.Fail(Name, message, $"opsmantik credentials verify --site {site} says what to do."),
            _ => CheckResult.Warn(Name, message, "Try again."),
        };
    }

    private static CheckStatus StatusOf(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Ok => CheckStatus.Ok,
        FindingSeverity.Warning => CheckStatus.Warn,
        _ => CheckStatus.Fail,
    };
}
