// The function app on a Flex Consumption plan, and every setting it starts with. What needs a value of its own is set here,
// the rest is in settings.json; the secrets are references into the vault.
param name string
param location string
param tags object

param identityName string

@description('Fetches and replaces the package.')
param deployIdentityName string

@description('Log Analytics workspace that gets the platform\'s log of the app.')
param workspaceId string

@description('Subnet that the app goes out through; empty for none.')
param subnetId string

param zoneRedundant bool

@allowed(['Recreate', 'RollingUpdate'])
param siteUpdateStrategy string

param storageName string
param packageContainer string
param vaultName string
param insightsName string

param databaseHost string
param databaseName string

@description('The connection string, with its password, is a secret of the vault.')
param databasePassword bool

param vaultKeyRotation bool

@description('The vault has a secret that opens the status page alone.')
param statusSecret bool

@description('The vault has the address of the operators\' webhook, which may hold a token, and its signing secret.')
param alertWebhook bool

@description('Collector that gets traces, metrics and logs as well; empty for none.')
param otlpEndpoint string

@description('How the collector is spoken to.')
@allowed(['grpc', 'http/protobuf'])
param otlpProtocol string

@description('Settings that differ from settings.json.')
param settings object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource deployIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: deployIdentityName
}

resource storage 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: storageName
}

resource vault 'Microsoft.KeyVault/vaults@2026-05-15' existing = {
  name: vaultName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

// Without a version, so that a new one is taken up by itself, within a day or at the next restart.
var secrets = '${vault.properties.vaultUri}secrets/'

// No password: the app signs in with a token of its identity, whose name is its login. As many instances as may run must leave the
// server connections for others: docs/deployment.md has the sum.
var database = 'Host=${databaseHost};Database=${databaseName};Username=${identityName};SSL Mode=VerifyFull;Maximum Pool Size=6'

var fixedSettings = {
  AzureWebJobsStorage__accountName: storage.name
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identity.properties.clientId
  // A host that stops tells the timers' runs, which then send nothing new; else it only waits for them, and not for long.
  FUNCTIONS_ENABLE_DRAIN_ON_APP_STOPPING: 'true'
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD;ClientId=${identity.properties.clientId}'
  AZURE_CLIENT_ID: identity.properties.clientId
  ConnectionStrings__OpsMantik: databasePassword
    ? '@Microsoft.KeyVault(SecretUri=${secrets}OPSMANTIK-DATABASE)'
    : database
  OPSMANTIK_VAULT_KEY: '@Microsoft.KeyVault(SecretUri=${secrets}OPSMANTIK-VAULT-KEY)'
  CRON_SECRET: '@Microsoft.KeyVault(SecretUri=${secrets}CRON-SECRET)'
}

// Only where asked for: a reference to a secret that is not there keeps the app from starting.
var rotationSettings = {
  OPSMANTIK_VAULT_PREVIOUS_KEYS: '@Microsoft.KeyVault(SecretUri=${secrets}OPSMANTIK-VAULT-PREVIOUS-KEYS)'
}
var statusSettings = {
  STATUS_SECRET: '@Microsoft.KeyVault(SecretUri=${secrets}STATUS-SECRET)'
}
var webhookSettings = {
  Alerts__WebhookUrl: '@Microsoft.KeyVault(SecretUri=${secrets}ALERT-WEBHOOK-URL)'
  Alerts__WebhookSecret: '@Microsoft.KeyVault(SecretUri=${secrets}ALERT-WEBHOOK-SECRET)'
}
var collectorSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint
  OTEL_EXPORTER_OTLP_PROTOCOL: otlpProtocol
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true, zoneRedundant: zoneRedundant }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'worker' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {}, '${deployIdentity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identity.id
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      // The API has it since 2023-12-01, its types have not.
      ...any(siteUpdateStrategy == 'Recreate' ? {} : { siteUpdateStrategy: { type: siteUpdateStrategy } })
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      // As few as the plan allows. Any number may run: the claim keeps them apart. None is kept always ready: timers wake the
      // app, a sale waits for the next ten minutes anyway, and a cold start takes about a second.
      scaleAndConcurrency: { instanceMemoryMB: 2048, maximumInstanceCount: 40, alwaysReady: [] }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${packageContainer}'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: deployIdentity.id }
        }
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      appSettings: map(
        items(union(
          loadJsonContent('../settings.json'),
          settings,
          fixedSettings,
          vaultKeyRotation ? rotationSettings : {},
          statusSecret ? statusSettings : {},
          alertWebhook ? webhookSettings : {},
          empty(otlpEndpoint) ? {} : collectorSettings
        )),
        setting => { name: setting.key, value: setting.value }
      )
    }
  }

  // Deployments sign in with Entra: no publishing password exists.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

// The stable version of 2016 has no categories like these.
#disable-next-line use-recent-api-versions
resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: app
  name: 'audit'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'FunctionAppLogs', enabled: true }]
  }
}

output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
