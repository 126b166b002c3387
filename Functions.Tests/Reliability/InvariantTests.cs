using OpsMantik.Reliability;

namespace OpsMantik.Functions.Tests.Reliability;

/// <summary>An invariant that never breaks proves nothing: each is broken here once, by what a faulty worker would do.</summary>
[Parallelizable(ParallelScope.Children)]
internal sealed class InvariantTests
{
    private const string OneRow = "(select id from offline_conversion_queue order by id limit 1)";

    private static readonly TestCaseData[] Crimes =
    [
        Crime("EachRowInOneState", $"delete from offline_conversion_queue where id = {OneRow}"),
        Crime("EachRowInOneState", $"update offline_conversion_queue set status = 'RETRY' where id = {OneRow}"),
        Crime("EndsAreFinal", $"update offline_conversion_queue set status = 'QUEUED' where id = {OneRow}"),
        Crime("LegalWays", $"update offline_conversion_queue set status = 'FAILED' where id = {OneRow}"),
        Crime("OneLiveClaim",
            $"""
            update offline_conversion_queue set status = 'QUEUED' where id = {OneRow};
            update offline_conversion_queue set status = 'PROCESSING', claim_token = gen_random_uuid() where id = {OneRow};
            update offline_conversion_queue set claim_token = gen_random_uuid() where id = {OneRow};
            """),
        Crime("OneLiveClaim",
            $"""
            update offline_conversion_queue set status = 'QUEUED' where id = {OneRow};
            update offline_conversion_queue set status = 'PROCESSING', claim_token = gen_random_uuid() where id = {OneRow};
            set application_name = 'worker-8';
            update offline_conversion_queue set status = 'COMPLETED' where id = {OneRow};
            """),
        Crime("AttemptsCounted",
            $"""
            update offline_conversion_queue set status = 'PROCESSING', claim_token = gen_random_uuid() where id = {OneRow};
            update offline_conversion_queue set status = 'QUEUED', retry_count = retry_count + 1 where id = {OneRow};
            """),
        Crime("AttemptsCounted", $"update offline_conversion_queue set retry_count = 8 where id = {OneRow}"),
        Crime("NoneLeftProcessing",
            $"""
            update offline_conversion_queue
            set status = 'PROCESSING', claim_token = gen_random_uuid(), claimed_at = now() - interval '50 minutes'
            where id = {OneRow}
            """),
        Crime("CircuitsObeyed: the circuit",
            "update provider_health_state set state = 'HALF_OPEN'"),
        Crime("CircuitsObeyed: row",
            $"""
            update provider_health_state set state = 'OPEN', failure_count = 5, opened_at = now() - interval '1 minute';
            update offline_conversion_queue set status = 'PROCESSING', claim_token = gen_random_uuid() where id = {OneRow};
            """),
        Crime("CircuitsObeyed: a probe",
            """
            update provider_health_state set state = 'OPEN', failure_count = 5;
            update provider_health_state set state = 'HALF_OPEN', probe_limit = 2;
            update offline_conversion_queue
            set status = 'PROCESSING', claim_token = '00000000-0000-0000-0000-000000000001';
            """),
        Crime("CircuitsObeyed: worker-9 took",
            """
            update provider_health_state set probe_token = gen_random_uuid(), probe_lease_until = now() + interval '1 hour';
            update provider_health_state set probe_token = gen_random_uuid();
            """),
        Crime("CircuitsObeyed: site",
            """
            update provider_health_state set state = 'HALF_OPEN', probe_lease_until = now() - interval '11 minutes'
            """),
        Crime("CountersAgree", "update provider_upload_metrics set completed_total = completed_total + 1"),
        Crime("CountersAgree", "update provider_upload_attempts set retry_count = 1 where phase = 'FINISHED'"),
        Crime("SameIdentity", $"update offline_conversion_queue set gclid = 'another' where id = {OneRow}"),
        Crime("SameIdentity",
            $"update offline_conversion_queue set conversion_time = now() where id = {OneRow}"),
        Crime("OneSitePerRequest",
            $"update offline_conversion_queue set site_id = gen_random_uuid() where id = {OneRow}"),
        Crime("OneEffectPerRow: unexpected", $"delete from offline_conversion_queue where id = {OneRow}"),
        Crime("OneEffectPerRow: lost",
            """
            with sold as (insert into sales (site_id, occurred_at, amount_cents, status)
                          select s.id, now(), 1, 'CONFIRMED' from sites s limit 1 returning id, site_id)
            insert into offline_conversion_queue (site_id, sale_id, gclid, conversion_time, value_cents, status)
            select s.site_id, s.id, 'never-sent', now(), 1, 'COMPLETED' from sold s
            """),
        Crime("ConfirmedSales",
            "alter table sales disable trigger opsmantik_note_sale_change; update sales set amount_cents = 1"),
        Crime("CorrectionsInOrder",
            $"""
            update sales set amount_cents = 7000;
            update offline_conversion_queue set status = 'SUBMITTED' where id = {OneRow};
            update conversion_corrections set status = 'PROCESSING' where row_id = {OneRow};
            """),
        Crime("SentPerClaim", "delete from audit_rows where new_status = 'PROCESSING'"),
    ];

    [TestCaseSource(nameof(Crimes))]
    public async Task A_breach_is_seen(string told, string crime)
    {
        await using var environment = await ProofEnvironment.OpenAsync(await ProofServer.GetAsync(), new ProofEnvironmentOptions(2, 4));
        await environment.DrainAsync(await environment.StartWorkerAsync());
        await environment.Database.ExecuteAsync(
            "insert into provider_health_state (site_id, provider_key) select id, 'google_ads' from sites on conflict do nothing");
        var before = await environment.CheckAsync("before", TimeSpan.Zero);

        await environment.Database.ExecuteAsync("set application_name = 'worker-9';" + crime);
        var after = await environment.CheckAsync("after", TimeSpan.Zero);

        Assert.That(before.Broken, Is.Empty);
        Assert.That(after.Broken, Has.Some.StartsWith(told));
    }

    private static TestCaseData Crime(string told, string sql) => new(told, sql);
}
