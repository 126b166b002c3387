using Microsoft.Extensions.Logging;
using Npgsql;

namespace OpsMantik.Core.Queue;

/// <summary>What becomes of the rows for which the database refuses a whole claim, so that the next one passes.</summary>
internal static class RefusedClaim
{
    /// <summary>The code of a row that failed so.</summary>
    public const string Code = "CLAIM_REFUSED";

    /// <summary>
    /// Ends the rows as <c>FAILED</c> or sets them aside. A site of which more than single rows are refused is held: its circuit
    /// opens.
    /// </summary>
    /// <param name="start">The group after which the claim began.</param>
    /// <returns>False when nothing was found: no site by itself is refused.</returns>
    public static async Task<bool> EndAsync(
        NpgsqlDataSource database, ClaimRequest request, Guid start, ILogger logger, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select site_id, row_id, state, ended from end_refused_waiting_jobs($1, $2, $3)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.ProviderKey });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = start });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = request.GroupLimit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = false;
        while (await reader.ReadAsync(cancellationToken))
        {
            found = true;
            var (site, state, end) = (reader.GetGuid(0), reader.GetString(2), reader.GetString(3));
            if (await reader.IsDBNullAsync(1, cancellationToken))
                logger.SiteRefused(site, request.ProviderKey, state);
            else
                logger.ClaimRefused(reader.GetGuid(1), site, request.ProviderKey, state, end);
        }

        return found;
    }
}
