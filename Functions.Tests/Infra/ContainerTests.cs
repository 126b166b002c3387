using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using OpsMantik.Functions.Tests.House;
using OpsMantik.Functions.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace OpsMantik.Functions.Tests.Infra;

/// <summary>
/// The images and the compose file, which no test builds or starts: that takes a container engine. What they say is held
/// to the code here; how the worker lives with it is tested on its process (<c>Functions/Hosting/ContainerProcessTests</c>).
/// </summary>
internal sealed partial class ContainerTests
{
    private static readonly string[] Dockerfile = File.ReadAllLines(Path.Combine(SourceTree.Root, "Dockerfile"));

    private static readonly YamlMappingNode Services = (YamlMappingNode)Yaml.Read("compose.yaml")["services"];

    [Test]
    public void Both_images_run_without_root_what_was_published_and_the_worker_is_the_default() => Assert.Multiple(() =>
    {
        Assert.That(Words("FROM").Select(words => words[^1]), Is.EqualTo(["build", "migrate", "worker"]));
        // Perhaps with a digest behind the tag: .ci/pin-images puts it there.
        Assert.That(Words("FROM").Skip(1).Select(words => words[0].Split('@')[0]), Is.All.EqualTo($"mcr.microsoft.com/dotnet/aspnet:{Runtime}-noble-chiseled"));
        Assert.That(Words("USER").Select(words => words[0]), Is.EqualTo(["$APP_UID", "$APP_UID"]));
        Assert.That(Lines("ENTRYPOINT"), Is.EqualTo(["""["dotnet", "opsmantik.dll", "migrate"]""", """["dotnet", "opsmantik.dll", "serve"]"""]));
        Assert.That(typeof(OpsMantik.Cli.ExitCodes).Assembly.GetName().Name, Is.EqualTo("opsmantik"));
    });

    [Test]
    public void The_worker_is_asked_by_its_own_program_how_it_is() => Assert.That(
        Lines("HEALTHCHECK").Single(),
        Does.EndWith("""CMD ["dotnet", "opsmantik.dll", "health"]"""));

    [Test]
    public void One_port_is_listened_at_exposed_and_published_to_this_machine_alone()
    {
        var port = new Uri(Lines("ENV").Single().Split('=', 2)[1].Replace("+", "any", StringComparison.Ordinal)).Port;

        Assert.That(Lines("EXPOSE").Single(), Is.EqualTo($"{port}"));
        Assert.That($"{Services["worker"]["ports"].AllNodes.Last()}", Is.EqualTo($"127.0.0.1:7071:{port}"));
    }

    [Test]
    public void Every_setting_is_one_that_the_code_reads()
    {
        var sample = new ConfigurationBuilder().AddJsonFile(Path.Combine(SourceTree.Root, "local.settings.sample.json")).Build()
            .GetSection("Values").GetChildren().Select(setting => setting.Key);
        var set = Settings("worker").Keys.Concat(Settings("migrate").Keys)
            .Concat(Lines("ENV").Select(line => line.Split('=')[0])).ToList();

        Assert.That(set, Has.Count.EqualTo(5));
        Assert.That(set.Except(sample), Is.Empty);
    }

    [Test]
    public void No_secret_is_in_a_file_and_a_missing_one_is_asked_for()
    {
        var text = File.ReadAllText(Path.Combine(SourceTree.Root, "compose.yaml"));
        var secrets = Secret().Matches(text).ToList();

        Assert.Multiple(() =>
        {
            foreach (var name in new[] { "POSTGRES_PASSWORD", "WORKER_PASSWORD", "OPSMANTIK_VAULT_KEY", "CRON_SECRET" })
            {
                Assert.That(secrets.Any(secret => secret.Groups["name"].Value == name && secret.Groups["advice"].Length > 0), name);
                Assert.That(string.Concat(Dockerfile), Does.Not.Contain(name));
            }

            Assert.That(PasswordInTheOpen().Matches(text), Is.Empty);
            Assert.That(File.ReadAllLines(Path.Combine(SourceTree.Root, ".dockerignore")), Has.Member("**/local.settings.json").And.Member("**/*.env"));
        });
    }

    [Test]
    public void Each_step_waits_for_the_one_before_and_the_worker_has_time_to_stop() => Assert.Multiple(() =>
    {
        Assert.That(Wait("migrate"), Is.EqualTo("database: service_healthy"));
        Assert.That(Wait("login"), Is.EqualTo("migrate: service_completed_successfully"));
        Assert.That(Wait("worker"), Is.EqualTo("login: service_completed_successfully"));
        Assert.That(((YamlMappingNode)Services["database"]).Children, Does.ContainKey(new YamlScalarNode("healthcheck")));
        Assert.That($"{Services["worker"]["stop_grace_period"]}", Is.EqualTo("25s"));
        foreach (var service in new[] { "migrate", "worker" })
        {
            Assert.That($"{Services[service]["build"]["target"]}", Is.EqualTo(service));
            Assert.That($"{Services[service]["read_only"]}", Is.EqualTo("true"));
            Assert.That($"{Services[service]["cap_drop"].AllNodes.Last()}", Is.EqualTo("ALL"));
        }
    });

    [Test]
    public async Task The_login_step_makes_the_login_and_takes_up_a_changed_password()
    {
        Assert.That($"{Services["login"]["command"]}", Does.Contain("--file=/worker-login.sql"));
        Assert.That($"{Services["login"]["volumes"].AllNodes.Last()}", Is.EqualTo("./infra/container/worker-login.sql:/worker-login.sql:ro"));
        await using var database = await TestDatabase.CreateAsync();
        // The server is shared by all tests: a login of our own.
        var worker = $"worker_{Guid.NewGuid():N}";
        var sql = (await File.ReadAllTextAsync(Path.Combine(Bicep.Folder, "container", "worker-login.sql")))
            .Replace("\\getenv password WORKER_PASSWORD", "", StringComparison.Ordinal)
            .Replace("opsmantik_worker", worker, StringComparison.Ordinal);
        try
        {
            foreach (var password in new[] { "first", "it''s new" })
            {
                await database.ExecuteAsync(sql.Replace(":'password'", $"'{password}'", StringComparison.Ordinal));
                var login = new Npgsql.NpgsqlConnectionStringBuilder(database.WorkerConnectionString)
                {
                    Username = worker,
                    Password = password.Replace("''", "'", StringComparison.Ordinal),
                    Pooling = false,
                };
                await using var source = Npgsql.NpgsqlDataSource.Create(login);
                await using var command = source.CreateCommand("select count(*) from offline_conversion_queue");
                Assert.That(await command.ExecuteScalarAsync(), Is.Zero);
            }
        }
        finally
        {
            await database.ExecuteAsync($"drop role if exists {worker}");
        }
    }

    private static string Runtime => $"{Environment.Version.Major}.{Environment.Version.Minor}";

    private static IEnumerable<string> Lines(string instruction) =>
        Dockerfile.Where(line => line.StartsWith(instruction + " ", StringComparison.Ordinal)).Select(line => line[(instruction.Length + 1)..]);

    private static IEnumerable<string[]> Words(string instruction) => Lines(instruction).Select(line => line.Split(' '));

    private static Dictionary<string, string> Settings(string service) =>
        ((YamlMappingNode)Services[service]["environment"]).ToDictionary(pair => $"{pair.Key}", pair => $"{pair.Value}");

    private static string Wait(string service) =>
        ((YamlMappingNode)Services[service]["depends_on"]).Select(pair => $"{pair.Key}: {pair.Value["condition"]}").Single();

    [GeneratedRegex(@"\$\{(?<name>\w+)(:\?(?<advice>[^}]+))?\}")]
    private static partial Regex Secret();

    [GeneratedRegex(@"(?i)(password|secret|key)\w*\s*[=:]\s*(?!\$\{)\w")]
    private static partial Regex PasswordInTheOpen();
}
