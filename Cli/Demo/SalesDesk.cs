using System.Text.Json.Nodes;
using Npgsql;

namespace OpsMantik.Cli.Demo;

/// <summary>Plays the application: writes sites, conversations and draft sales, then confirms the sales.</summary>
internal sealed class SalesDesk(NpgsqlDataSource database)
{
    private const string SitesSql = "insert into public.sites (id) select unnest($1)";

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
            Array(sales, sale => sale.Sample.OccurredAt.UtcDateTime),
            Array(sales, sale => sale.Sample.AmountCents),
            Array(sales, sale => sale.Sample.Currency),
            Array(sales, sale => sale.Sample.ExternalRef));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Confirms them in one round trip and returns how many are in the queue by that.</summary>
    public async Task<int> ConfirmAsync(IReadOnlyList<DemoSale> sales, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ConfirmSql);
        command.Parameters.Add(Array(sales, sale => sale.Id));
        return (int)(long)(await command.ExecuteScalarAsync(cancellationToken))!;
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
