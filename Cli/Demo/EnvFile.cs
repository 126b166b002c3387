using System.Text;
using OpsMantik.Core.Vault;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Cli.Demo;

/// <summary>
/// What another terminal needs for the operator's commands on this demo: the settings of its app, and its sites by name.
/// The file holds the demo's secrets, so nobody else may read it, and it is gone with the demo.
/// </summary>
internal sealed class EnvFile : IDisposable
{
    private readonly FileInfo _file;

    private EnvFile(FileInfo file) => _file = file;

    /// <exception cref="OperatorException">The file is there already, or cannot be written.</exception>
    public static EnvFile Write(
        FileInfo file,
        string connectionString,
        DemoApp app,
        GoogleEmulator emulator,
        IReadOnlyList<DemoSite> sites,
        IReadOnlyList<DemoSale> sales)
    {
        var text = new StringBuilder();
        Export("ConnectionStrings__OpsMantik", connectionString);
        Export(VaultKeyRing.KeySetting, app.VaultKey);
        Export("CRON_SECRET", app.CronSecret);
        Export("GoogleAds__BaseAddress", emulator.BaseAddress.ToString());
        Export("GoogleAds__TokenUri", emulator.TokenUri.ToString());
        Export("Google__AuthorizationUri", emulator.AuthorizationUri.ToString());
        Export("DataManager__BaseAddress", emulator.DataManagerBaseAddress.ToString());
        // The commands run as in production, where only Google's own hosts are allowed.
        Export("Google__AllowOtherHosts", "true");
        // The demo's Google counts at once.
        Export("Reconcile__SettleAfter", "00:00:00");
        Export("baseUrl", app.Address.ToString().TrimEnd('/'));
        foreach (var site in sites)
            Export(site.Name, site.Id.ToString());
        // One to look at: the first of a site whose consent is revoked, as it is in the sample.
        Export("sale", (sales.FirstOrDefault(sale => sale.Site.Name == "revoked") ?? sales[0]).Id.ToString());

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            // Whoever waits for the file finds it whole.
            var draft = new FileInfo($"{file.FullName}.{Environment.ProcessId}");
            using (var stream = draft.Open(options))
                stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
            draft.MoveTo(file.FullName);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"--env-file: {exception.Message}");
        }

        return new EnvFile(file);

        void Export(string name, string value) =>
            text.Append("export ").Append(name).Append("='").Append(value.Replace("'", "'\\''", StringComparison.Ordinal)).Append("'\n");
    }

    public void Dispose() => _file.Delete();
}
