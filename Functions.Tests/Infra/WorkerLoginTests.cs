using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Infra;

internal sealed class WorkerLoginTests
{
    // Azure's own, of which we need that it makes a login.
    private const string Azure =
        """
        create function pgaadauth_create_principal(p_name text, p_admin boolean, p_mfa boolean) returns text
        language plpgsql as $$
        begin
            if p_admin then raise exception 'no administrator'; end if;
            execute format('create role %I login', p_name);
            return p_name;
        end
        $$
        """;

    [Test]
    public async Task The_identity_becomes_a_login_that_may_do_the_workers_work_and_no_more()
    {
        await using var database = await TestDatabase.CreateAsync();
        var worker = $"id-test-{Guid.NewGuid():N}";
        var sql = (await File.ReadAllTextAsync(Path.Combine(Bicep.Folder, "worker-login.sql")))
            .Replace(":'worker'", $"'{worker}'", StringComparison.Ordinal)
            .Replace(":\"worker\"", $"\"{worker}\"", StringComparison.Ordinal);
        await database.ExecuteAsync(Azure);
        try
        {
            await database.ExecuteAsync(sql);
            await database.ExecuteAsync(sql);

            Assert.That(
                await database.ScalarAsync<string>(
                    """
                    select concat_ws(' ', r.rolcanlogin, r.rolsuper, r.rolcreaterole, pg_has_role(r.oid, 'service_role', 'USAGE'))
                    from pg_roles r where r.rolname = $1
                    """,
                    worker),
                Is.EqualTo("t f f t"));
        }
        finally
        {
            await database.ExecuteAsync($"drop role if exists \"{worker}\"");
        }
    }
}
