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
        if (options.ConnectionString.StartsWith("@Microsoft.KeyVault(", StringComparison.OrdinalIgnoreCase))
            return Fail("is an unresolved Key Vault reference: check the app's access to it.");

        try
        {
            var builder = new NpgsqlConnectionStringBuilder(options.ConnectionString);
            return string.IsNullOrEmpty(builder.Host) ? Fail("names no Host.") : ValidateOptionsResult.Success;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // The driver's message may quote the text, password and all.
            return Fail("is not a connection string: expected Host=…;Database=…;Username=…;Password=…");
        }
    }

    private static ValidateOptionsResult Fail(string fault) => ValidateOptionsResult.Fail($"{Setting} {fault}");
}
