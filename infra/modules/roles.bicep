// Azure's built-in roles that are given out here, by their fixed ids. Key Vault Secrets User is secrets.sh's to give, secret by secret.

@export()
@description('Reads and writes blobs and sets their owners: the Functions host needs it for its locks, keys and schedules.')
var storageBlobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'

@export()
@description('Reads and writes blobs: the platform puts the package there and fetches it.')
var storageBlobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'

@export()
@description('Sets secrets.')
var keyVaultSecretsOfficer = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'

@export()
@description('Sends telemetry.')
var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'
