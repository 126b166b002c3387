// The whole of it: a resource group, and in it the worker with all that it stands on. No parameter and no output holds
// a secret; the secrets' values go into the vault by hand (docs/deployment.md).
targetScope = 'subscription'

@description('Names the environment and all of its resources: production, staging …')
@minLength(3)
@maxLength(16)
param environmentName string

@description('Region of all resources; one that offers Flex Consumption.')
param location string

@description('Entra object id of the people who set secrets and migrate the database; better a group than a person.')
param operatorId string

@description('Its display name (a person: the user principal name), which is its login at the database.')
param operatorName string

@description('What it is.')
@allowed(['Group', 'User', 'ServicePrincipal'])
param operatorType string = 'Group'

@description('Which database the worker joins: a new server, one that is there and lets the identity in, or one that wants a password, whose connection string is the vault\'s secret OPSMANTIK-DATABASE.')
@allowed(['new', 'existing', 'password'])
param databaseKind string = 'new'

@description('Host name of an existing server.')
param databaseHost string = ''

@description('Name of the database.')
param databaseName string = 'opsmantik'

@description('Puts storage, vault and database into a virtual network and closes them to all others.')
param vnetEnabled bool = false

@description('Copies in three zones: storage, app, and a standby of the database, which then is no burstable one.')
param zoneRedundant bool = false

@description('Backups of the new database in the paired region as well; chosen when it is made, and not later.')
param geoRedundantBackup bool = false

@description('Storage, vault and database cannot be deleted before their locks are.')
param deleteLocks bool = false

@description('The package can be replaced for two hours after a provisioning, and not later.')
param packageLocked bool = false

@description('recover brings the deleted vault of this name back; where there is none, Azure refuses.')
@allowed(['default', 'recover'])
param vaultCreateMode string = 'default'

@description('Ends the vault\'s name: a new one, where a deleted vault still has the old one.')
@maxLength(3)
param vaultSuffix string = ''

@description('What becomes of running instances at a deployment or a changed setting: replaced at once, or emptied one batch after another, which Azure calls a preview.')
@allowed(['Recreate', 'RollingUpdate'])
param siteUpdateStrategy string = 'Recreate'

@description('Days that logs and metrics are kept.')
param logRetentionDays int = 30

@description('Gigabytes of logs and metrics that are taken in a day.')
param logDailyCapGb int = 1

@description('Adds OPSMANTIK-VAULT-PREVIOUS-KEYS to the worker\'s settings while a vault key is replaced; the secret must be there.')
param vaultKeyRotation bool = false

@description('Adds STATUS-SECRET to the worker\'s settings: a secret that opens the status page and nothing else. secrets.sh makes it.')
param statusSecret bool = false

@description('Adds ALERT-WEBHOOK-URL and ALERT-WEBHOOK-SECRET to the worker\'s settings: where operators are told, and what that is signed with. secrets.sh asks for the first and makes the second.')
param alertWebhook bool = false

@description('Settings of the worker that differ from settings.json.')
param settings object = {}

@description('Collector that gets the telemetry as well, by OTLP; empty for none.')
param otlpEndpoint string = ''

@description('How the collector is spoken to.')
@allowed(['grpc', 'http/protobuf'])
param otlpProtocol string = 'grpc'

@description('Who is mailed when an alert fires; empty for nobody.')
param alertEmail string = ''

@description('Action groups that already exist, to be told as well.')
param actionGroupIds string[] = []

var token = take(uniqueString(subscription().id, environmentName, location), 8)
var name = 'opsmantik-${environmentName}-${token}'
var identityName = 'id-${name}'
var deployIdentityName = 'id-deploy-${name}'
var insightsName = 'appi-${name}'
var storageName = 'stopsmantik${token}'
// preflight.sh counts on this form.
var vaultName = 'kv-opsmantik-${token}${vaultSuffix}'
var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-opsmantik-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: { name: identityName, deployName: deployIdentityName, location: location, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  dependsOn: [identity]
  params: {
    workspaceName: 'log-${name}'
    insightsName: insightsName
    location: location
    tags: tags
    identityName: identityName
    retentionDays: logRetentionDays
    dailyCapGb: logDailyCapGb
  }
}

module network 'modules/network.bicep' = if (vnetEnabled) {
  scope: group
  params: { name: name, location: location, tags: tags }
}

module storage 'modules/storage.bicep' = {
  scope: group
  dependsOn: [identity]
  params: {
    name: storageName
    location: location
    tags: tags
    identityName: identityName
    deployIdentityName: deployIdentityName
    workspaceId: monitoring.outputs.workspaceId
    isPrivate: vnetEnabled
    zoneRedundant: zoneRedundant
    locked: deleteLocks
    packageLocked: packageLocked
  }
}

module vault 'modules/key-vault.bicep' = {
  scope: group
  params: {
    name: vaultName
    location: location
    tags: tags
    recovered: vaultCreateMode == 'recover'
    operatorId: operatorId
    operatorType: operatorType
    workspaceId: monitoring.outputs.workspaceId
    isPrivate: vnetEnabled
    locked: deleteLocks
  }
}

module postgres 'modules/postgres.bicep' = if (databaseKind == 'new') {
  scope: group
  params: {
    name: 'psql-${name}'
    location: location
    tags: tags
    databaseName: databaseName
    operatorId: operatorId
    operatorName: operatorName
    operatorType: operatorType
    workspaceId: monitoring.outputs.workspaceId
    isPrivate: vnetEnabled
    geoRedundantBackup: geoRedundantBackup
    zoneRedundant: zoneRedundant
    locked: deleteLocks
  }
}

module blobEndpoint 'modules/private-endpoint.bicep' = if (vnetEnabled) {
  scope: group
  params: {
    name: 'pe-blob-${name}'
    location: location
    tags: tags
    subnetId: network!.outputs.endpointSubnetId
    zoneId: network!.outputs.blobZoneId
    resourceId: storage.outputs.id
    groupId: 'blob'
  }
}

module vaultEndpoint 'modules/private-endpoint.bicep' = if (vnetEnabled) {
  scope: group
  params: {
    name: 'pe-vault-${name}'
    location: location
    tags: tags
    subnetId: network!.outputs.endpointSubnetId
    zoneId: network!.outputs.vaultZoneId
    resourceId: vault.outputs.id
    groupId: 'vault'
  }
}

module postgresEndpoint 'modules/private-endpoint.bicep' = if (vnetEnabled && databaseKind == 'new') {
  scope: group
  params: {
    name: 'pe-psql-${name}'
    location: location
    tags: tags
    subnetId: network!.outputs.endpointSubnetId
    zoneId: network!.outputs.postgresZoneId
    resourceId: postgres!.outputs.id
    groupId: 'postgresqlServer'
  }
}

// After all that it reads at its first start, the role assignments among them.
module worker 'modules/function-app.bicep' = {
  scope: group
  dependsOn: [identity, vault, blobEndpoint, vaultEndpoint, postgresEndpoint]
  params: {
    name: 'func-${name}'
    location: location
    tags: tags
    identityName: identityName
    deployIdentityName: deployIdentityName
    workspaceId: monitoring.outputs.workspaceId
    subnetId: vnetEnabled ? network!.outputs.workerSubnetId : ''
    zoneRedundant: zoneRedundant
    siteUpdateStrategy: siteUpdateStrategy
    storageName: storageName
    packageContainer: storage.outputs.packageContainer
    vaultName: vaultName
    insightsName: insightsName
    databaseHost: databaseKind == 'new' ? postgres!.outputs.host : databaseHost
    databaseName: databaseName
    databasePassword: databaseKind == 'password'
    vaultKeyRotation: vaultKeyRotation
    statusSecret: statusSecret
    alertWebhook: alertWebhook
    otlpEndpoint: otlpEndpoint
    otlpProtocol: otlpProtocol
    settings: settings
  }
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  params: {
    name: name
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    email: alertEmail
    actionGroupIds: actionGroupIds
  }
}

// azd keeps these in its environment, where the scripts beside this file find them.
output AZURE_RESOURCE_GROUP string = group.name
output FUNCTION_APP_NAME string = worker.outputs.name
output FUNCTION_APP_URL string = worker.outputs.url
output KEY_VAULT_NAME string = vaultName
output KEY_VAULT_ID string = vault.outputs.id
output IDENTITY_NAME string = identityName
output IDENTITY_PRINCIPAL_ID string = identity.outputs.principalId
output DATABASE_HOST string = databaseKind == 'new' ? postgres!.outputs.host : databaseHost
output DATABASE_NAME string = databaseName
output DATABASE_KIND string = databaseKind
