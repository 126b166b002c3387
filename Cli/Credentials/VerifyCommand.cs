using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Cli.Doctor;
using OpsMantik.Core;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Providers;

namespace OpsMantik.Cli.Credentials;

/// <summary><c>opsmantik credentials verify</c>: whether Google would take an upload of a site.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var site = SiteOption.Create("Whose credentials.", required: true);
        var provider = ProviderOption.Create();
        return OperatorCommand.Create(
            "verify",
            "Fetches a token with a site's credentials and has Google validate a made-up conversion, which it does not count. "
            + "Then asks how the account and its conversion action are set up, and compares the waiting sales. Needs the vault "
            + "key. Exit code 1 when Google refuses, does not answer, or would refuse or lose sales.",
            ["opsmantik credentials verify --site cafe.example"],
            [site, provider],
            async (services, parsed, output, stopping) =>
            {
                var (id, key) = (await site.ReadRequiredAsync(services, parsed, stopping), parsed.GetValue(provider)!);
                var verification = await services.GetRequiredService<CredentialVerification>().VerifyAsync(id, key, stopping)
                    ?? throw new OperatorException($"Site {id} has no credentials for {key}.", SetCommand.LineFor(id));
                var check = verification.Access;
                output.Write(
                    new
                    {
                        site_id = id,
                        provider_key = key,
                        verdict = UpperSnake(check.Result),
                        step = UpperSnake(check.Step),
                        check.Code,
                        category = check.Category is { } category ? UpperSnake(category) : null,
                        check.Message,
                        check.RequestId,
                        findings = SiteChecks.Of(verification.Account).Select(result => result.ToJson()),
                    },
                    console =>
                    {
                        foreach (var line in Describe(check))
                            console.Verbatim(line);
                        CheckResult.Print(console, SiteChecks.Of(verification.Account));
                    });
                return verification.Works ? ExitCodes.Success : ExitCodes.Failure;
            });
    }

    internal static IEnumerable<string> Describe(AccessCheck check)
    {
        yield return $"credentials  {State(check, AccessStep.Credentials)}";
        if (check.Step >= AccessStep.Token)
            yield return $"token        {State(check, AccessStep.Token)}";
        if (check.Step >= AccessStep.Call)
            yield return $"call         {State(check, AccessStep.Call)}";
        yield return check.Code is null ? check.Message : $"{check.Code}: {check.Message}";
        if (check.Code is not null && check.Result != AccessResult.Works)
        {
            var meaning = Meaning(check);
            yield return meaning.Meaning;
            yield return $"{meaning.Action} ({TextFormat.Name(meaning.Who)})";
        }

        if (check.RequestId is { } id)
            yield return $"request id   {id}";
    }

    private static ErrorMeaning Meaning(AccessCheck check) =>
        ErrorMeanings.Of(check.Code, check.Category is { } category ? UpperSnake(category) : null);

    private static string State(AccessCheck check, AccessStep step) =>
        check.Step != step ? "ok" : check.Result switch
        {
            AccessResult.Works => "ok",
            AccessResult.Refused => "refused",
            _ => "no answer that tells; try again",
        };

    internal static string UpperSnake(Enum value) => JsonNamingPolicy.SnakeCaseUpper.ConvertName(value.ToString());
}
