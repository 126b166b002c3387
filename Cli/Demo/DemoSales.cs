using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;
using OpsMantik.Local.GoogleEmulator.GoogleAds;

namespace OpsMantik.Cli.Demo;

/// <summary>Plays the application: writes sites, conversations and draft sales, then confirms the sales.</summary>
internal sealed class DemoSales(NpgsqlDataSource database)
{
    private const string SitesSql = "insert into public.sites (id) select unnest($1)";

    // A user's own database may have no such column, and keeps its table as it is.
    private const string HasNamesSql =
        "select exists (select from pg_attribute a where a.attrelid = 'public.sites'::regclass and a.attname = 'name' and not a.attisdropped)";

    private const string NamesSql =
        "update public.sites s set name = initcap(n.name) from unnest($1, $2) as n (id, name) where s.id = n.id";

    private const string ConversationsSql =
        """
        insert into public.conversations (id, site_id, primary_source)
        select c.id, c.site_id, c.source::jsonb
        from unnest($1, $2, $3) as c (id, site_id, source)
        """;

    private const string SalesSql =
        """
        insert into public.sales (id, site_id, conversation_id, occurred_at, amount_cents, currency, external_ref)
        select s.*
        from unnest($1, $2, $3, $4, $5, $6, $7) as s
        """;

    private const string ConfirmSql =
        """
        select count(*) filter (where c.enqueued)
        from unnest($1) as s (id)
        cross join lateral public.confirm_sale_and_enqueue(s.id) as c
        """;

    private const string CancelSql = "update public.sales set status = 'CANCELED' where id = any ($1)";

    private const string AmountSql =
        """
        update public.sales s
        set amount_cents = c.amount_cents
        from unnest($1, $2) as c (id, amount_cents)
        where s.id = c.id
        """;

    /// <summary>One round trip, all or nothing.</summary>
    public async Task WriteAsync(
        IReadOnlyList<DemoSite> sites, IReadOnlyList<DemoSale> sales, CancellationToken cancellationToken)
    {
        DemoSale[] conversations = [.. sales.DistinctBy(sale => sale.ConversationId)];
        await using var batch = database.CreateBatch();
        Add(batch, SitesSql, Array(sites, site => site.Id));
        Add(batch, ConversationsSql,
            Array(conversations, sale => sale.ConversationId),
            Array(conversations, sale => sale.Site.Id),
            Array(conversations, FirstTouch));
        Add(batch, SalesSql,
            Array(sales, sale => sale.Id),
            Array(sales, sale => sale.Site.Id),
            Array(sales, sale => sale.ConversationId),
            Array(sales, sale => sale.OccurredAt.UtcDateTime),
            Array(sales, sale => sale.Sample.AmountCents),
            Array(sales, sale => sale.Sample.Currency),
            Array(sales, sale => sale.Sample.ExternalRef));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await NameAsync(sites, cancellationToken);
    }

    private async Task NameAsync(IReadOnlyList<DemoSite> sites, CancellationToken cancellationToken)
    {
        await using var has = database.CreateCommand(HasNamesSql);
        if (await has.ExecuteScalarAsync(cancellationToken) is not true)
            return;
        await using var names = database.CreateBatch();
        Add(names, NamesSql, Array(sites, site => site.Id), Array(sites, site => site.Name));
        await names.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Confirms them and returns how many were queued; those that change before the upload have changed by the end.</summary>
    public async Task<int> ConfirmAsync(IReadOnlyList<DemoSale> sales, CancellationToken cancellationToken)
    {
        // One transaction, so that no scheduled run comes between the two.
        await using var batch = database.CreateBatch();
        Add(batch, ConfirmSql, Array(sales, sale => sale.Id));
        AddChanges(batch, sales.Where(sale => sale.Sample.Change is { IsBeforeUpload: true }));
        return (int)(long)(await batch.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Cancels and changes, as the dashboard does, those that change after their upload.</summary>
    public async Task ChangeAsync(IReadOnlyList<DemoSale> sales, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        AddChanges(batch, sales.Where(sale => sale.Sample.Change is { IsBeforeUpload: false }));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void AddChanges(NpgsqlBatch batch, IEnumerable<DemoSale> sales)
    {
        var canceled = sales.ToLookup(sale => sale.Sample.Change!.AmountCents is null);
        Add(batch, CancelSql, Array(canceled[true], sale => sale.Id));
        Add(batch, AmountSql,
            Array(canceled[false], sale => sale.Id), Array(canceled[false], sale => sale.Sample.Change!.AmountCents!.Value));
    }

    private static string FirstTouch(DemoSale sale)
    {
        var source = new JsonObject();
        if (sale.Sample.ClickKind is { } kind)
            source[kind] = sale.Sample.ClickId;
        return source.ToJsonString();
    }

    private static void Add(NpgsqlBatch batch, string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(parameters);
        batch.BatchCommands.Add(command);
    }

    private static NpgsqlParameter<T[]> Array<TItem, T>(IEnumerable<TItem> items, Func<TItem, T> value) =>
        new() { TypedValue = [.. items.Select(value)] };
}

/// <summary>A sample sale under the ids of this run.</summary>
/// <param name="OccurredAt">The sample's time, moved by whole days so that the youngest sale is of yesterday: Google takes none that is old.</param>
internal sealed record DemoSale(Guid Id, DemoSite Site, Guid ConversationId, DateTimeOffset OccurredAt, SampleSale Sample)
{
    /// <param name="now">The time of the demo.</param>
    public static IReadOnlyList<DemoSale> From(IReadOnlyList<SampleSale> samples, IReadOnlyList<DemoSite> sites, DateTimeOffset now)
    {
        var moved = TimeSpan.FromDays(Math.Floor((now - samples.Max(sale => sale.OccurredAt)).TotalDays) - 1);
        var siteOf = sites.ToDictionary(site => site.Name);
        var conversationOf = samples.Select(sale => sale.Conversation)
            .Distinct()
            .ToDictionary(name => name, _ => Guid.NewGuid());
        return
        [
            .. samples.Select(sample => new DemoSale(
                Guid.NewGuid(), siteOf[sample.Site], conversationOf[sample.Conversation], sample.OccurredAt + moved, sample)),
        ];
    }
}

/// <summary>A site of the sample file, under an id of this run.</summary>
/// <param name="Number">From 1; makes the site's account numbers.</param>
internal sealed record DemoSite(Guid Id, string Name, int Number)
{
    // The one site of the sample that uploads through the Data Manager API.
    private const string OnDataManager = "garage";

    /// <summary>One site per name, in the order of names.</summary>
    public static IReadOnlyList<DemoSite> From(IEnumerable<string> names) =>
    [
        .. names.Distinct()
            .Order(StringComparer.Ordinal)
            .Select((name, i) => new DemoSite(Guid.NewGuid(), name, i + 1)),
    ];

    // The one site of which Google will show fewer conversions than it took.
    private const string Undercounted = "dental";

    private const long ActionId = 456;

    /// <summary>Ten digits.</summary>
    public string CustomerId => (1_000_000_000L + Number).ToString(CultureInfo.InvariantCulture);

    /// <summary>How its account is set up.</summary>
    public AdsAccount Account => new()
    {
        Name = Name,
        Actions = [new AdsAction(ActionId)],
        Summaries = new SummaryDeviation { Uncounted = Name == Undercounted ? 12 : 0 },
    };

    /// <summary>The body of a seed request.</summary>
    /// <param name="refreshToken">The emulator refuses one that contains "revoked".</param>
    public JsonObject SeedBody(string refreshToken)
    {
        var account = CustomerId;
        return new JsonObject
        {
            ["site_id"] = Id.ToString(),
            ["provider_key"] = "google_ads",
            ["credentials"] = new JsonObject
            {
                ["upload_api"] = Name == OnDataManager ? "data_manager" : "google_ads",
                ["customer_id"] = $"{account[..3]}-{account[3..6]}-{account[6..]}",
                ["developer_token"] = "demo-developer-token",
                ["client_id"] = $"demo-{Name}.apps.googleusercontent.com",
                ["client_secret"] = $"demo-secret-{Name}",
                ["refresh_token"] = refreshToken,
                ["conversion_action_resource_name"] = $"customers/{account}/conversionActions/{ActionId}",
            },
        };
    }

    /// <summary>The token of the sample: that of the site named "revoked" is refused.</summary>
    public string SampleRefreshToken => $"1//demo-{Name}";
}
