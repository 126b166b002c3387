using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Alerts;

namespace OpsMantik.Cli;

/// <summary><c>opsmantik alerts</c>: the webhook by which operators are told.</summary>
internal static class AlertsCommand
{
    public static Command Create() => new("alerts", "Tells operators, by a webhook, what needs them.")
    {
        OperatorCommand.Create(
            "test",
            "Sends a message to Alerts__WebhookUrl, and says what is still to be delivered. Exit code 1 when the receiver does not take it.",
            ["opsmantik alerts test"],
            [],
            async (services, _, output, stopping) =>
            {
                var webhook = services.GetRequiredService<AlertWebhook>();
                if (!webhook.IsSet)
                    throw new OperatorException("Nobody is told: set Alerts__WebhookUrl, and Alerts__Format (standard, slack or teams).");
                var refusal = await webhook.SendAsync(AlertMessage.Test(services.GetRequiredService<TimeProvider>().GetUtcNow()), stopping);
                var undelivered = await services.GetRequiredService<AlertStore>().FindFaultAsync(stopping);
                output.Write(new { taken = refusal is null, said = refusal?.Reason, undelivered }, console =>
                {
                    console.Verbatim(refusal is null ? "The receiver took the message." : $"The receiver did not take it: {refusal.Reason}.");
                    if (undelivered is not null)
                        console.Verbatim($"Undelivered: {undelivered}");
                });
                return refusal is null ? ExitCodes.Success : ExitCodes.Failure;
            }),
    };
}
