using Microsoft.Extensions.Options;
using Npgsql;

namespace OpsMantik.Core.Database;

internal sealed class DatabaseOptionsValidator : IValidateOptions<DatabaseOptions>
{
    private const string Setting = "ConnectionStrings__OpsMantik";

    public ValidateOptionsResult Validate(string? name, DatabaseOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.ConnectionString))
            return Fail("is missing: set it to Host=…;Database=…;Username=…;Password=…");
        if (KeyVaultReference.IsIn(options.ConnectionString))
            return Fail($"{KeyVaultReference.Advice}.");

        try
        {
            var builder = new NpgsqlConnectionStringBuilder(options.ConnectionString);
            if (string.IsNullOrEmpty(builder.Host))
                return Fail("names no Host.");
            return DatabaseSignIn.FindFault(options.ConnectionString, options.Authentication) is { } fault
                ? ValidateOptionsResult.Fail(fault)
                : ValidateOptionsResult.Success;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // The driver's message may quote the text, password and all.
            return Fail("is not a connection string: expected Host=…;Database=…;Username=…;Password=…");
        }
    }

    private static ValidateOptionsResult Fail(string fault) => ValidateOptionsResult.Fail($"{Setting} {fault}");
}
