// Taken from the environment, which azd fills with its own (azd env set NAME value). The first four must be there.
using 'main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
param operatorId = readEnvironmentVariable('OPERATOR_ID')
param operatorName = readEnvironmentVariable('OPERATOR_NAME')
param operatorType = readEnvironmentVariable('OPERATOR_TYPE', 'Group')
param databaseKind = readEnvironmentVariable('DATABASE_KIND', 'new')
param databaseHost = readEnvironmentVariable('EXISTING_DATABASE_HOST', '')
param databaseName = readEnvironmentVariable('DATABASE_NAME', 'opsmantik')
param vaultKeyRotation = bool(readEnvironmentVariable('VAULT_KEY_ROTATION', 'false'))
param statusSecret = bool(readEnvironmentVariable('USE_STATUS_SECRET', 'false'))
param otlpEndpoint = readEnvironmentVariable('OTLP_ENDPOINT', '')
param otlpProtocol = readEnvironmentVariable('OTLP_PROTOCOL', 'grpc')
param alertEmail = readEnvironmentVariable('ALERT_EMAIL', '')
param settings = json(readEnvironmentVariable('WORKER_SETTINGS', '{}'))
