using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Cli;

/// <summary>A person at <c>credentials connect</c>: opens the address that it prints, and comes back as Google leads.</summary>
internal sealed partial class ConnectProcess(TestDatabase database, GoogleEmulator google, string folder)
{
    public const string Secret = "CANARY-client-secret";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>What the browser makes of the address that Google leads to; as it is, unless set.</summary>
    public Func<HttpClient, Uri, Task<string>> Come { get; set; } = (_, back) => Task.FromResult(back.AbsoluteUri);

    public async Task<string> WriteClientAsync(string clientId = "shop.apps.googleusercontent.com", string secret = Secret)
    {
        var path = Path.Combine(folder, "client_secret.json");
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(new { installed = new { client_id = clientId, client_secret = secret } }));
        return path;
    }

    /// <returns>What was printed, on both streams, and shown in the browser.</returns>
    public async Task<(int ExitCode, string Text)> RunAsync(Guid site, params string[] arguments)
    {
        var settings = Worker.Settings(google);
        // What xdg-open would start in place of a browser.
        settings["BROWSER"] = "true";
        using var process = CliProcess.Start(
            database.OperatorConnectionString, ["credentials", "connect", "--site", $"{site}", .. arguments], settings);
        using var limit = new CancellationTokenSource(Patience);
        var (text, address) = (new StringBuilder(), new TaskCompletionSource<Uri>());
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var page = "";
        try
        {
            var ended = process.WaitForExitAsync(limit.Token);
            if (await Task.WhenAny(address.Task, ended) == address.Task)
            {
                using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
                using var answer = await http.GetAsync(await address.Task, limit.Token);
                var back = await Come(http, answer.Headers.Location!);
                if (arguments.Contains("--no-browser"))
                    await process.StandardInput.WriteLineAsync(back);
                else
                    page = await http.GetStringAsync(new Uri(back), limit.Token);
            }

            process.StandardInput.Close();
            await ended;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"connect did not end: {text}");
        }

        lock (text)
        {
            var said = $"{text}{page}";
            Assert.That(said, Does.Not.Contain(Secret).And.Not.Contain("1//").And.Not.Contain("ya29.").And.Not.Contain("4/0A"), "a secret was shown");
            return (process.ExitCode, said);
        }

        void Read(string? line)
        {
            if (line is null)
                return;
            lock (text)
                text.AppendLine(line);
            if (Address().IsMatch(line))
                address.TrySetResult(new Uri(line));
        }
    }

    [GeneratedRegex("^http://[^ ]+/auth\\?[^ ]+$")]
    private static partial Regex Address();
}
