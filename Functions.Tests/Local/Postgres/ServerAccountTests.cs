using OpsMantik.Local;
using OpsMantik.Local.Postgres;

namespace OpsMantik.Functions.Tests.Local.Postgres;

[Platform(Exclude = "Win", Reason = "Asks with Unix programs.")]
public class ServerAccountTests
{
    [Test]
    public async Task The_server_never_runs_as_root_whichever_launcher_there_is()
    {
        foreach (var launcher in ServerAccount.Launchers.Where(name => SearchPath.Find(name) is not null))
        {
            var account = await ServerAccount.ChooseAsync(CancellationToken.None, launcher);
            var command = new Command(
                SearchPath.Find("sh")!, "-c", "id -u; printf '%s' \"$2\"", "sh", "-D", "a 'b' $c");

            var result = await ChildProcess.RunAsync(account.RunDetached(command), TimeSpan.FromSeconds(20));

            var lines = result.Output.Split('\n');
            Assert.That(lines[0], Is.Not.EqualTo("0").And.Not.Empty, launcher);
            Assert.That(lines[1], Is.EqualTo("a 'b' $c"), launcher);
        }
    }
}
