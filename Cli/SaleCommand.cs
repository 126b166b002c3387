using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsMantik.Cli.Sales;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Vault;

namespace OpsMantik.Cli;

/// <summary><c>opsmantik sale</c>: changes a sale by hand, as the dashboard does.</summary>
internal static class SaleCommand
{
    private const string Sample = "33333333-3333-3333-3333-333333333333";

    public static Command Create() => new("sale", "Cancels a confirmed sale or changes its value, and Google learns of it.")
    {
        Cancel(),
        Restate(),
    };

    private static Command Cancel() => Change(
        "cancel",
        "The sale is CANCELED: not sent, or taken back from what Google counts. Shows which, and asks first. Final for Google. "
        + "Exit code 1 when you answered no.",
        [$"opsmantik sale cancel {Sample} --dry-run", $"opsmantik sale cancel {Sample} --yes --as ayse"],
        [],
        (_, _, _) => null);

    private static Command Restate()
    {
        var amount = new Option<string>("--amount") { Description = "What the sale is worth now, as 1234.56.", Required = true };
        var currency = new Option<string?>("--currency") { Description = "Its currency, as TRY; the sale's own without it." };
        var point = new Option<string?>("--decimal") { Description = "comma or point, where an amount such as 1.234 leaves it open." };
        point.AcceptOnlyFromAmong("comma", "point");
        return Change(
            "restate",
            "The sale has another value: it is sent with it, or Google is told. Shows which, and asks first. Exit code 1 when you answered no.",
            [$"opsmantik sale restate {Sample} --amount 1234.56", $"opsmantik sale restate {Sample} --amount 80 --yes"],
            [amount, currency, point],
            (services, parsed, sale) =>
            {
                char? sign = parsed.GetValue(point) switch { "comma" => ',', "point" => '.', _ => null };
                try
                {
                    var value = SalesMoney.Read(
                        parsed.GetValue(amount)!.Trim(), parsed.GetValue(currency) ?? "", sale.Currency, new SalesAmounts(sign),
                        services.GetRequiredService<Currencies>());
                    // Google never counts again what was restated to nothing.
                    return value.MinorUnits == 0
                        ? throw new OperatorException("A sale of nothing is a canceled one.", $"opsmantik sale cancel {sale.Id}")
                        : SaleControl.FindFault(value) is { } fault ? throw new OperatorException($"--amount: {fault}")
                        : value;
                }
                catch (FormatException exception)
                {
                    throw new OperatorException($"Nothing was changed: {exception.Message}.");
                }
            });
    }

    private static Command Change(
        string name, string description, string[] examples, Option[] options,
        Func<IServiceProvider, ParseResult, StoredSale, Money?> read)
    {
        var id = new Argument<Guid>("id") { Description = "The sale's id." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would become of it, and change nothing." };
        var (actor, yes) = (ActorOption.Create(), YesOption.Create());
        var command = OperatorCommand.Create(
            name, description, examples, [.. options, actor, dryRun, yes],
            async (services, parsed, output, stopping) =>
            {
                var control = services.GetRequiredService<SaleControl>();
                var sale = await control.FindAsync(parsed.GetValue(id), stopping)
                    ?? throw new OperatorException($"There is no sale {parsed.GetValue(id)}.", $"opsmantik row show {parsed.GetValue(id)}");
                if (sale.Status != "CONFIRMED")
                    throw Refuse(sale.Id, sale.Status);
                var value = read(services, parsed, sale);
                var api = await FindApiAsync(services, sale.SiteId, stopping);
                var preview = await control.PreviewAsync(sale.Id, value, stopping) ?? throw Refuse(sale.Id, "not CONFIRMED any more");
                output.WriteLine($"{Show(sale, services)} {(value is { } worth ? $"becomes {worth}" : "is canceled")}.");
                foreach (var line in SaleText.Render(preview, value is null, api, sale.Id))
                    output.WriteLine(line);
                var stop = parsed.GetValue(dryRun) || !YesOption.Confirm(output, parsed.GetValue(yes), "Change the sale?");
                var done = stop ? preview
                    : await control.ChangeAsync(sale.Id, value, parsed.GetValue(actor)!, stopping)
                    ?? throw Refuse(sale.Id, "not CONFIRMED any more");
                output.Write(
                    new
                    {
                        sale_id = sale.Id,
                        changed = !stop,
                        effect = JsonNamingPolicy.SnakeCaseLower.ConvertName($"{done.Effect}"),
                        told = SaleText.Render(done, value is null, api, sale.Id),
                    },
                    console =>
                    {
                        if (!stop && done != preview)
                        {
                            foreach (var line in SaleText.Render(done, value is null, api, sale.Id))
                                console.Verbatim($"It changed meanwhile. {line}");
                        }

                        console.Verbatim(stop ? "Nothing was changed." : $"Changed; to follow it: opsmantik row show {sale.Id}");
                    });
                return stop && !parsed.GetValue(dryRun) ? ExitCodes.Failure : ExitCodes.Success;
            });
        command.Add(id);
        return command;
    }

    private static OperatorException Refuse(Guid id, string status) =>
        new($"Nothing was changed: the sale {id} is {status}; only a CONFIRMED one can be changed.", $"opsmantik row show {id}");

    private static string Show(StoredSale sale, IServiceProvider services) =>
        services.GetRequiredService<Currencies>().TryFind(sale.Currency, out var currency)
            ? $"{new Money(sale.AmountCents, currency)}"
            : $"{sale.AmountCents} minor units of {sale.Currency}";

    // Null where this machine cannot open the credentials: then both ways are told.
    private static async Task<string?> FindApiAsync(IServiceProvider services, Guid site, CancellationToken stopping)
    {
        if (await services.GetRequiredService<CredentialInventory>().FindAsync(site, "google_ads", stopping) is not { } stored)
            return null;
        try
        {
            using var opening = services.GetRequiredService<CredentialVault>().Open(stored.Row, stored.Sealed);
            return !opening.Opened ? null
                : CredentialInventory.PublicFieldsOf(opening.Credential!).FirstOrDefault(field => field.Name == "upload_api").Value ?? "google_ads";
        }
        catch (OptionsValidationException)
        {
            return null;
        }
    }
}

/// <summary>What becomes of a changed sale, for a person.</summary>
internal static class SaleText
{
    /// <param name="api">The site's way to Google; null when it is not known.</param>
    public static IReadOnlyList<string> Render(SaleChange change, bool isCancellation, string? api, Guid sale)
    {
        List<string> lines = [Effect(change, isCancellation ? "a retraction" : "a restatement", sale)];
        if (!change.IsCorrected)
            return lines;
        if (change.IsTooOld)
            lines.Add("Google takes no correction any more: it was sold more than 54 days ago.");
        if (change.HasWbraid && api != "data_manager")
            lines.Add($"{Where(api, "the Google Ads API")}Google takes no correction of it: it was sent with a wbraid.");
        if (isCancellation && api != "google_ads")
            lines.Add($"{Where(api, "Data Manager")}The sale stays counted, with a value of 0.");
        return lines;
    }

    private static string Where(string? api, string name) => api is null ? $"If its site uploads by {name}: " : "";

    private static string Effect(SaleChange change, string correction, Guid sale) => change.Effect switch
    {
        SaleEffect.NoRow => "It has no row in the queue: only the sale changes.",
        SaleEffect.NotSent => "It was not counted, and will not be sent.",
        SaleEffect.SentWithValue => "It was not sent yet: it goes with its new value.",
        SaleEffect.FailedWithValue => $"It failed and was not counted: opsmantik requeue --sale {sale} sends it with its new value.",
        SaleEffect.NextRun when change.RowStatus == "COMPLETED" => $"Google has it: the next upload run sends {correction}.",
        SaleEffect.NextRun => $"Google may have it: it is not sent again, and the next upload run sends {correction}.",
        SaleEffect.AfterUpload when change.RowStatus == "PROCESSING" => $"A worker is sending it: {correction} follows once it is counted.",
        SaleEffect.AfterUpload when change.RowStatus == "SUBMITTED" => $"Google is deciding about it: {correction} follows once it is counted.",
        SaleEffect.AfterUpload => $"Google may have it: it goes again as it was, and {correction} follows once it is counted.",
        SaleEffect.AfterRequeue => $"Google may have it: {correction} follows once opsmantik requeue --sale {sale} has sent it again.",
        SaleEffect.GoogleHasIt => "Google has this value: nothing is sent.",
        SaleEffect.ToldAlready => "Google was told already: nothing more is sent.",
        _ => "It was retracted: Google never counts it again. Upload it as a sale of its own.",
    };
}
