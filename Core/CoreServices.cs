using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using OpsMantik.Core.Alerts;
using OpsMantik.Core.Confirmations;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Corrections;
using OpsMantik.Core.Database;
using OpsMantik.Core.Limits;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.DataManager;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Core.Providers.GoogleAds.OAuth;
using OpsMantik.Core.Queue;
using OpsMantik.Core.Reconciliation;
using OpsMantik.Core.Runs;
using OpsMantik.Core.Sites;
using OpsMantik.Core.Status;
using OpsMantik.Core.Vault;

namespace OpsMantik.Core;

public static class CoreServices
{
    /// <summary>Registers the worker's jobs and what they stand on. Faulty settings are found at start.</summary>
    public static IServiceCollection AddOpsMantikCore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DatabaseOptions>()
            .Configure(options =>
            {
                options.ConnectionString = configuration.GetConnectionString(DatabaseOptions.Name);
                options.Authentication = configuration[DatabaseSignIn.Key];
            })
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<DatabaseOptions>, DatabaseOptionsValidator>();
        services.AddOptions<VaultOptions>()
            .Configure(options =>
            {
                options.Key = configuration[VaultKeyRing.KeySetting];
                options.PreviousKeys = configuration[VaultKeyRing.PreviousKeysSetting];
                options.AllowsWeakKey = WorkerEnvironment.IsDevelopment(configuration);
            })
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<VaultOptions>, VaultOptionsValidator>();
        services.AddOptions<UploadOptions>()
            .Bind(configuration.GetSection(UploadOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();

        services.AddOptions<ConfirmOptions>()
            .Bind(configuration.GetSection(ConfirmOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();

        services.AddOptions<ReconcileOptions>()
            .Bind(configuration.GetSection(ReconcileOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();

        services.AddOptions<RetentionOptions>()
            .Bind(configuration.GetSection(RetentionOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();

        services.AddOptions<AlertOptions>()
            .Bind(configuration.GetSection(AlertOptions.Section))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<AlertOptions>, AlertOptionsValidator>();
        services.AddAlertClient();

        services.AddOptions<MoneyOptions>()
            .Bind(configuration.GetSection(MoneyOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<Currencies>();

        services.TryAddSingleton<LoggerFactory>();
        services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(provider =>
            new VisibleLogs(provider.GetRequiredService<LoggerFactory>())));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(SystemRandom());
        services.AddSingleton(provider => DatabaseSource.Create(
            provider.GetRequiredService<IOptions<DatabaseOptions>>().Value,
            provider.GetRequiredService<IDatabaseToken>,
            provider.GetRequiredService<IOptions<UploadOptions>>().Value.MaxParallelGroups));
        services.AddSingleton<DatabaseCheck>();
        services.AddKeyedSingleton(DatabaseCheck.OfHealth, (provider, _) => DatabaseSource.CreateForHealth(
            provider.GetRequiredService<IOptions<DatabaseOptions>>().Value,
            provider.GetRequiredService<IDatabaseToken>));
        services.AddKeyedSingleton(
            DatabaseCheck.OfHealth, (provider, key) => new DatabaseCheck(provider.GetRequiredKeyedService<NpgsqlDataSource>(key)));
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<VaultOptions>>().Value;
            return VaultKeyRing.Parse(options.Key, options.PreviousKeys);
        });
        services.AddSingleton<CredentialVault>();
        services.AddSingleton<CredentialStore>();
        services.AddSingleton<IConversionQueue, ConversionQueue>();
        services.AddInstruments();
        services.AddSingleton<IBacklogSnapshot, BacklogSnapshot>();
        services.AddSingleton<ConversionReader>();
        services.AddSingleton<GroupWriteBack>();
        services.AddSingleton<CredentialOpening>();
        services.AddSingleton<GroupUpload>();
        services.AddSingleton<ICorrectionStore, CorrectionStore>();
        services.AddSingleton<GroupCorrection>();
        services.AddSingleton<CorrectionDrain>();
        services.AddSingleton<IConfirmationStore, ConfirmationStore>();
        services.AddSingleton<RequestConfirmation>();
        services.AddSingleton<IRequestLeases, RequestLeases>();
        services.AddProviders();
        services.AddSingleton(provider => new UploadRun(
            provider.GetRequiredService<IConversionQueue>(),
            provider.GetRequiredService<GroupUpload>(),
            provider.GetRequiredService<CorrectionDrain>(),
            provider.GetRequiredService<IBacklogSnapshot>(),
            provider.GetRequiredService<SiteLabels>(),
            provider.GetServices<IConversionProvider>(),
            provider.GetRequiredService<IOptions<UploadOptions>>(),
            provider.GetRequiredService<Instruments>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<UploadRun>>()));
        services.AddSingleton(provider => new ConfirmRun(
            provider.GetRequiredService<IConfirmationStore>(),
            provider.GetRequiredService<RequestConfirmation>(),
            provider.GetServices<IConversionProvider>(),
            provider.GetRequiredService<IOptions<ConfirmOptions>>(),
            provider.GetRequiredService<IOptions<UploadOptions>>(),
            provider.GetRequiredService<Instruments>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ConfirmRun>>()));
        services.AddSingleton<ReconciliationStore>();
        services.AddSingleton<SiteReconciliation>();
        services.AddSingleton(provider => new ReconcileRun(
            provider.GetRequiredService<ReconciliationStore>(),
            provider.GetRequiredService<SiteReconciliation>(),
            provider.GetServices<IConversionProvider>(),
            provider.GetRequiredService<IOptions<UploadOptions>>(),
            provider.GetRequiredService<Instruments>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ReconcileRun>>()));
        services.AddSingleton(provider => new ReconciliationReader(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<ReconciliationStore>()));
        services.AddSingleton(provider => new RecoveryRun(
            provider.GetRequiredService<IConversionQueue>(),
            provider.GetRequiredService<ICorrectionStore>(),
            provider.GetRequiredService<IOptions<RetentionOptions>>(),
            provider.GetRequiredService<Instruments>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RecoveryRun>>()));
        services.AddSingleton(provider => new CredentialSeeding(
            provider.GetRequiredService<CredentialStore>(),
            provider.GetRequiredService<CredentialVault>(),
            provider.GetServices<IConversionProvider>(),
            provider.GetRequiredService<ILogger<CredentialSeeding>>()));
        services.AddSingleton(provider => new SiteDirectory(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton(provider => new SiteLabels(
            provider.GetRequiredService<SiteDirectory>().ReadAsync, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new CredentialConnection(
            provider.GetRequiredService<CredentialInventory>(),
            provider.GetRequiredService<CredentialVault>(),
            provider.GetRequiredService<CredentialVerification>(),
            provider.GetRequiredService<CredentialSeeding>(),
            provider.GetRequiredService<CodeExchange>(),
            provider.GetRequiredService<AccountList>(),
            provider.GetRequiredService<IOptions<GoogleOptions>>()));
        services.AddSingleton(provider => new RowFinder(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton(provider => new Requeueing(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton(provider => new SaleControl(
            provider.GetRequiredService<NpgsqlDataSource>(),
            provider.GetRequiredService<ConversionReader>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new CircuitControl(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton(provider => new RowHistoryReader(
            provider.GetRequiredService<NpgsqlDataSource>(),
            provider.GetRequiredService<ConversionReader>(),
            provider.GetRequiredService<Currencies>()));
        services.AddSingleton(provider => new OperatorAudit(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton(provider => new SalesImport(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton(provider => new CredentialVerification(
            provider.GetRequiredService<CredentialInventory>(),
            provider.GetRequiredService<CredentialVault>(),
            provider.GetRequiredService<UploadPreviewReader>(),
            provider.GetServices<IConversionProvider>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new UploadPreviewReader(
            provider.GetRequiredService<NpgsqlDataSource>(),
            provider.GetRequiredService<CredentialVault>(),
            provider.GetRequiredService<ConversionReader>(),
            provider.GetServices<IConversionProvider>()));
        services.AddSingleton(provider => new CredentialInventory(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton(provider => new KeyRotation(
            provider.GetRequiredService<NpgsqlDataSource>(),
            provider.GetRequiredService<CredentialInventory>(),
            provider.GetRequiredService<CredentialVault>(),
            provider.GetRequiredService<VaultKeyRing>()));
        services.AddSingleton(provider => new StatusReader(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<Currencies>()));
        services.AddSingleton(provider => new AlertStore(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton(provider => new AlertWebhook(
            provider.GetRequiredService<IHttpClientFactory>(),
            provider.GetRequiredService<IOptions<AlertOptions>>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new AlertRun(
            provider.GetRequiredService<AlertStore>(),
            provider.GetRequiredService<StatusReader>(),
            provider.GetRequiredService<AlertWebhook>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AlertRun>>()));
        services.AddSingleton(provider => new WorkerTicks(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<ILogger<WorkerTicks>>()));
        return services;
    }

    /// <summary>Registers every provider. The command line lists them from here too.</summary>
    public static IServiceCollection AddProviders(this IServiceCollection services) => services.AddGoogleAds();

    // The one place where chance enters; everything else is handed this object.
#pragma warning disable RS0030
    private static Random SystemRandom() => Random.Shared;
#pragma warning restore RS0030
}

/// <summary>Where the worker runs. All but the two environments that are named is production, an unset one too.</summary>
public static class WorkerEnvironment
{
    public const string Setting = "AZURE_FUNCTIONS_ENVIRONMENT";

    public static bool IsDevelopment(IConfiguration configuration) => Is(configuration, "Development");

    public static bool IsProduction(IConfiguration configuration) =>
        !IsDevelopment(configuration) && !Is(configuration, "Staging");

    private static bool Is(IConfiguration configuration, string environment) =>
        string.Equals(configuration[Setting], environment, StringComparison.OrdinalIgnoreCase);
}
