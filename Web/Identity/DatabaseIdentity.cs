using Microsoft.Extensions.Logging.Abstractions;
using OpsMantik.Core.Database;
using OpsMantik.Web.Settings;

namespace OpsMantik.Web.Identity;

/// <summary>The worker's way in to the database, for programs that an operator runs.</summary>
public static class DatabaseIdentity
{
    /// <summary>
    /// A connection string that opens by itself: with an Entra token as its password where <see cref="DatabaseSignIn"/> wants
    /// one, else as it came. The token is good for an hour or so.
    /// </summary>
    /// <exception cref="SettingsException">The login cannot work as it is set up.</exception>
    /// <exception cref="EntraTokenException">There is no token.</exception>
    public static async Task<string> SignInAsync(string connectionString, CancellationToken cancellationToken)
    {
        var environment = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        var authentication = environment["Database:Authentication"];
        if (DatabaseSignIn.FindFault(connectionString, authentication) is { } fault)
            throw new SettingsException(fault);
        if (!DatabaseSignIn.IsByToken(connectionString, authentication))
            return connectionString;

        var token = new EntraToken(
            () => AzureCredential.Choose(environment), TimeProvider.System, NullLogger<EntraToken>.Instance);
        return DatabaseSignIn.WithToken(connectionString, await token.GetAsync(cancellationToken));
    }
}
