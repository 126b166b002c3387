using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Cli.Doctor;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Cli.Credentials;

/// <summary><c>opsmantik credentials connect</c>: from a person's consent at Google to stored credentials, and the failed rows again.</summary>
internal static class ConnectCommand
{
    public static Command Create()
    {
        var site = SiteOption.Create("Whose credentials.", required: true);
        var api = new Option<string?>("--upload-api") { Description = "google_ads or data_manager. Default: as stored; for a new site data_manager." };
        api.AcceptOnlyFromAmong(StoredConnection.GoogleAds, StoredConnection.DataManager);
        var file = new Option<FileInfo?>("--client-file")
        {
            Description = "The OAuth client as Google hands it out (client_secret_....json). Default: Google__ClientId and Google__ClientSecret, or as stored.",
        };
        var customer = new Option<string?>("--customer-id") { Description = "The account. Default: as stored, the only one, or picked from a list." };
        var login = new Option<string?>("--login-customer-id") { Description = "The manager over it. Default: as Google tells." };
        var action = new Option<string?>("--conversion-action") { Description = "Its id. Default: likewise." };
        var noBrowser = new Option<bool>("--no-browser") { Description = "Print the address, and read the one that Google led back to." };
        var requeue = new Option<bool>("--requeue") { Description = "Then send again, unasked, what failed for AUTH." };
        var (actor, yes) = (ActorOption.Create(), YesOption.Create());
        return OperatorCommand.Create(
            "connect",
            "Asks for a person's consent at Google, in the browser, lists the accounts and conversion actions that it opens, checks "
            + "the chosen one as verify does, stores it sealed, and offers to send failed rows again. The refresh token is never shown. "
            + "Exit code 1 when sales would be refused or lost, or you answered no.",
            [
                "opsmantik credentials connect --site cafe.example",
                "opsmantik credentials connect --site cafe --client-file client_secret.json",
                "opsmantik credentials connect --site cafe --no-browser --requeue",
            ],
            [site, api, file, customer, login, action, noBrowser, requeue, actor, yes],
            async (services, parsed, output, stopping) =>
            {
                var (id, connection) = (await site.ReadRequiredAsync(services, parsed, stopping), services.GetRequiredService<CredentialConnection>());
                if (await connection.FindFaultAsync(id, stopping) is { } fault)
                    throw new OperatorException($"Nothing was stored: {fault}");
                var stored = await connection.FindAsync(id, stopping);
                var client = await ReadClientAsync(parsed.GetValue(file), stopping) ?? connection.Client ?? stored?.Client ?? throw new OperatorException(
                    "No OAuth client: give --client-file with the file of one (Google Cloud, Credentials, OAuth 2.0 Client IDs, type Desktop app), or set "
                    + "Google__ClientId and Google__ClientSecret.");
                var uploadApi = parsed.GetValue(api) ?? stored?.UploadApi ?? StoredConnection.DataManager;
                var question = new ConsentQuestion(connection, client, uploadApi, services.GetRequiredService<TimeProvider>());
                var consent = await (parsed.GetValue(noBrowser)
                    ? question.AskPastedAsync(services.GetRequiredService<Random>(), output, stopping)
                    : question.AskAsync(output, stopping));
                var chosen = await new AccountChoice(connection, consent, stored, output).ChooseAsync(
                    uploadApi, new TypedAccount(parsed.GetValue(customer), parsed.GetValue(login), parsed.GetValue(action)), stopping);
                var checkedSite = await connection.VerifyAsync(id, consent, chosen, stopping);
                foreach (var line in VerifyCommand.Describe(checkedSite.Access))
                    output.WriteLine(line);
                CheckResult.Print(output.Console, SiteChecks.Of(checkedSite.Account));
                var isStored = checkedSite.Works || YesOption.Confirm(output, parsed.GetValue(yes), "Sales would be refused or lost as it stands. Store it all the same?");
                if (isStored && await connection.StoreAsync(id, consent, chosen, parsed.GetValue(actor)!, stopping) is { Fault: { } refused })
                    throw new OperatorException($"Nothing was stored: {refused}");
                output.WriteLine(isStored ? "Stored and active." : "Nothing was stored.");
                // Rows that would only fail once more stay as they are.
                var requeued = isStored && checkedSite.Works
                    ? await RequeueCommand.OfferAsync(services, output, id, parsed.GetValue(requeue), parsed.GetValue(actor)!, stopping)
                    : 0;
                output.Write(
                    new
                    {
                        site_id = id,
                        stored = isStored,
                        chosen.UploadApi,
                        chosen.CustomerId,
                        chosen.LoginCustomerId,
                        conversion_action_id = chosen.ActionId,
                        verdict = VerifyCommand.UpperSnake(checkedSite.Access.Result),
                        findings = SiteChecks.Of(checkedSite.Account).Select(result => result.ToJson()),
                        requeued,
                    },
                    _ => { });
                return isStored && checkedSite.Works ? ExitCodes.Success : ExitCodes.Failure;
            });
    }

    private static async Task<ConsentClient?> ReadClientAsync(FileInfo? file, CancellationToken stopping)
    {
        if (file is null)
            return null;
        var buffer = new byte[SetCommand.MaxBytes + 1];
        using var json = await SetCommand.ReadAsync(file, buffer, $"the contents of {file.Name}", stopping);
        var (client, fault) = ConsentClient.Read(json.RootElement);
        return client ?? throw new OperatorException($"--client-file: {fault}");
    }
}
