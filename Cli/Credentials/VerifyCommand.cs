using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Providers;

namespace OpsMantik.Cli.Credentials;

/// <summary><c>opsmantik credentials verify</c>: whether Google would take an upload of a site.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var site = new Option<Guid>("--site") { Description = "Whose credentials.", Required = true };
        var provider = ProviderOption.Create();
        return OperatorCommand.Create(
            "verify",
            "Fetches a token with a site's credentials and has Google validate a made-up conversion, which it does not count. "
            + "Needs the vault key. Exit code 1 when Google refuses, or does not answer.",
            ["opsmantik credentials verify --site 11111111-1111-1111-1111-111111111111"],
            [site, provider],
            async (services, parsed, output, stopping) =>
            {
                var (id, key) = (parsed.GetValue(site), parsed.GetValue(provider)!);
                var check = await services.GetRequiredService<CredentialVerification>().VerifyAsync(id, key, stopping)
                    ?? throw new OperatorException(
                        $"Site {id} has no credentials for {key}: opsmantik credentials set --site {id}");
                output.Write(
                    new
                    {
                        site_id = id,
                        provider_key = key,
                        verdict = Word(check.Result),
                        step = Word(check.Step),
                        check.Code,
                        category = check.Category is { } category ? Word(category) : null,
                        check.Message,
                        check.RequestId,
                    },
                    screen =>
                    {
                        foreach (var line in Describe(check))
                            screen.Verbatim(line);
                    });
                return check.Result == AccessResult.Works ? ExitCodes.Success : ExitCodes.Failure;
            });
    }

    private static IEnumerable<string> Describe(AccessCheck check)
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
            yield return $"{meaning.Action} ({ResponsibleNames.Of(meaning.Who)})";
        }

        if (check.RequestId is { } id)
            yield return $"request id   {id}";
    }

    private static ErrorMeaning Meaning(AccessCheck check) =>
        ErrorMeanings.Of(check.Code, check.Category is { } category ? Word(category) : null);

    private static string State(AccessCheck check, AccessStep step) =>
        check.Step != step ? "ok" : check.Result switch
        {
            AccessResult.Works => "ok",
            AccessResult.Refused => "refused",
            _ => "no answer that tells; try again",
        };

    private static string Word(Enum value) => JsonNamingPolicy.SnakeCaseUpper.ConvertName(value.ToString());
}
