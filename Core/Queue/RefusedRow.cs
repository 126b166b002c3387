using Npgsql;
using NpgsqlTypes;
using OpsMantik.Core.Providers;

namespace OpsMantik.Core.Queue;

/// <summary>Where a row went whose outcome the database refused.</summary>
internal enum RefusedEnd
{
    /// <summary>It was no longer ours.</summary>
    NotOurs,

    Failed,

    /// <summary>It cannot be written at all: it stays as it is, and neither claim nor recovery takes it until it can.</summary>
    SetAside,
}

/// <summary>How a row ends whose outcome the database refused.</summary>
internal static class RefusedRow
{
    public const string Code = "WRITE_BACK_REFUSED";

    private static readonly UploadOutcome Outcome = UploadOutcome.Failed(
        Code, ErrorCategory.Configuration, "The database refused the outcome of this row.");

    public static JobResult Failed(Guid jobId) => new(jobId, JobStatus.Failed, null, Outcome, null);

    /// <param name="claimToken">Null for a row that is submitted.</param>
    public static async Task<RefusedEnd> EndAsync(
        NpgsqlDataSource database, Guid siteId, string providerKey, Guid jobId, Guid? claimToken, string state,
        CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select end_refused_offline_conversion_job($1, $2, $3, $4, $5)");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = siteId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = providerKey });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = jobId });
        command.Parameters.Add(new() { Value = (object?)claimToken ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = state });
        return await command.ExecuteScalarAsync(cancellationToken) switch
        {
            "failed" => RefusedEnd.Failed,
            "set_aside" => RefusedEnd.SetAside,
            _ => RefusedEnd.NotOurs,
        };
    }
}
