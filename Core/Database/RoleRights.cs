using Npgsql;

namespace OpsMantik.Core.Database;

/// <summary>
/// What <c>service_role</c> (the worker) and <c>opsmantik_operator</c> (the command line) may do with our tables and functions,
/// and that nobody else may do anything. <c>Rights.sql</c> has the list.
/// </summary>
internal static class RoleRights
{
    private const string Operator = "opsmantik_operator";

    private static readonly string Sql = SqlText.Load("Database.Sql.Rights");
    private static readonly string RoleSql = SqlText.Load("Database.Sql.OperatorRole");

    /// <summary>What is missing, then what is too much; empty when all is as it should be.</summary>
    public static async Task<IReadOnlyList<GrantFault>> ReadFaultsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var faults = new List<GrantFault>();
        while (await reader.ReadAsync(cancellationToken))
        {
            faults.Add(new GrantFault(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3), reader.GetString(4)));
        }

        return faults;
    }

    /// <summary>Makes the operators' role where it is missing and may be made, then puts every right as it should be.</summary>
    /// <param name="owner">Of our tables; in no transaction.</param>
    /// <param name="isNew">Nobody worked on this database before: what service_role loses is no news.</param>
    /// <param name="tell">Gets a line for what was closed, and for what could not be done.</param>
    public static void Apply(NpgsqlConnection owner, bool isNew, Action<string> tell)
    {
        MakeOperator(owner, tell);
        var faults = Read(owner);
        if (faults.Count == 0)
            return;
        using (var command = new NpgsqlCommand(string.Join(";\n", faults.Select(fault => fault.Statement)), owner))
            command.ExecuteNonQuery();
        foreach (var closed in faults.Where(fault => !fault.Missing).GroupBy(fault => fault.Role))
        {
            var isWorker = closed.Key == "service_role";
            if (!isWorker || !isNew)
                tell($"rights: {closed.Key} has no more {GrantFault.Join(closed)}");
            if (isWorker && !isNew && closed.Any(fault => fault.Name == "operator_audit"))
            {
                tell($"rights: a login of opsmantik's commands needs: grant {Operator} to \"<login>\"; one of a dashboard that "
                    + "writes as service_role needs those rights granted to itself");
            }
        }

        // To revoke what somebody else granted is not refused; it does nothing.
        if (Read(owner) is { Count: > 0 } left)
            tell($"rights: not put right, for somebody else granted it: {GrantFault.Join(left)}");
    }

    private static IReadOnlyList<GrantFault> Read(NpgsqlConnection owner) =>
        ReadFaultsAsync(owner, CancellationToken.None).GetAwaiter().GetResult();

    private static void MakeOperator(NpgsqlConnection owner, Action<string> tell)
    {
        try
        {
            using var command = new NpgsqlCommand(RoleSql, owner);
            command.ExecuteNonQuery();
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            tell($"rights: the role {Operator} was not made: {exception.MessageText}. service_role keeps the operators' rights, as "
                + $"before, until an administrator runs: create role {Operator} nologin in role service_role; and then migrate again");
        }
    }
}

/// <summary>Rights that are not as they should be.</summary>
/// <param name="Role">Who has them, or lacks them.</param>
/// <param name="Name">Table, sequence or function.</param>
/// <param name="Right">Such as SELECT, or several; of a column with its name.</param>
/// <param name="Missing">True: needed and not granted. False: granted, and the role should not have it.</param>
/// <param name="Statement">By which <c>migrate</c> puts it right; null when it does not.</param>
public sealed record GrantFault(string Role, string Name, string Right, bool Missing, string? Statement)
{
    /// <summary>For people: <c>DELETE on operator_audit; SELECT on sites</c>.</summary>
    public static string Join(IEnumerable<GrantFault> faults) =>
        string.Join("; ", faults.Select(fault => $"{fault.Right} on {fault.Name}"));
}
