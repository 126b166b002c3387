using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local;
using OpsMantik.Local.Postgres;

namespace OpsMantik.Functions.Tests.Local.Postgres;

public class PostgresBinariesTests
{
    [TestCase("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "15.18")]
    [TestCase("postgres (PostgreSQL) 17.10", "17.10")]
    [TestCase("postgres (PostgreSQL) 19beta1", "19.0")]
    [TestCase("postgres (PostgreSQL) 9.6.24", "9.6")]
    public void The_version_is_read_from_what_the_server_says(string text, string version) =>
        Assert.That(PostgresBinaries.ParseVersion(text), Is.EqualTo(Version.Parse(version)));

    [Test]
    public async Task A_folder_without_the_programs_is_passed_over() =>
        Assert.That(await PostgresBinaries.ProbeAsync(Path.GetTempPath(), CancellationToken.None), Is.Null);

    [Test]
    [Platform(Exclude = "Win", Reason = "The stand-ins are shell scripts.")]
    public async Task A_server_that_is_too_old_is_passed_over([Values("12.22", "13.0")] string version)
    {
        var folder = TemporaryFolder.Create();
        try
        {
            foreach (var program in (string[])["initdb", "postgres", "pg_ctl"])
            {
                var file = Path.Combine(folder, program);
                await File.WriteAllTextAsync(file, $"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n");
                TemporaryFolder.Open(file);
            }

            var found = await PostgresBinaries.ProbeAsync(folder, CancellationToken.None);

            Assert.That(found?.Version, Is.EqualTo(version == "13.0" ? new Version(13, 0) : null));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test, Category("Npm")]
    public async Task Npm_brings_a_PostgreSQL_that_runs_and_is_kept()
    {
        var cache = TemporaryFolder.Create();
        var options = new PrivatePostgresOptions { Source = PostgresSource.Npm, CacheFolder = cache };
        try
        {
            if (SearchPath.Find(OperatingSystem.IsWindows() ? "npm.cmd" : "npm") is null)
            {
                Assert.That(
                    async () => await PrivatePostgres.StartAsync(options),
                    Throws.TypeOf<PrivatePostgresException>()
                        .With.Message.Contains("Node.js").And.Message.Contains(PostgresBinaries.Variable));
                return;
            }

            await using (var server = await PrivatePostgres.StartAsync(options))
                Assert.That(
                    await PrivatePostgresTests.ScalarAsync(server.ConnectionString, "SHOW server_version"),
                    Is.EqualTo("17.10"));

            var installed = Directory.GetCreationTimeUtc(Directory.GetDirectories(cache).Single());
            var again = await PostgresBinaries.FindAsync(options);
            Assert.That(again.Folder, Does.StartWith(cache));
            Assert.That(Directory.GetCreationTimeUtc(Directory.GetDirectories(cache).Single()), Is.EqualTo(installed));
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }
    }
}
