import { storageBlobDataContributor, storageBlobDataOwner } from 'roles.bicep'

// The Functions host's own storage: locks and last runs of the timers, keys, and the package it runs. Nobody signs in by key.
param name string
param location string
param tags object
param identityName string
param deployIdentityName string

@description('Log Analytics workspace that is told who wrote or deleted a blob.')
param workspaceId string

@description('Reached inside the virtual network only.')
param isPrivate bool

@description('Three copies in as many zones.')
param zoneRedundant bool

@description('Cannot be deleted before the lock is.')
param locked bool

@description('The package can be replaced for two hours after a provisioning, and not later.')
param packageLocked bool

param now string = utcNow('yyyy-MM-ddTHH:mm:ssZ')

// Made here, so that each can have its rights; the host would make its two at its first start.
var hostContainers = ['azure-webjobs-hosts', 'azure-webjobs-secrets']

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource deployIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: deployIdentityName
}

resource account 'Microsoft.Storage/storageAccounts@2026-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS' }
  properties: {
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: { defaultAction: isPrivate ? 'Deny' : 'Allow', bypass: 'None' }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: true, days: 14 }
      containerDeleteRetentionPolicy: { enabled: true, days: 14 }
    }

    resource packages 'containers' = {
      name: 'packages'
    }

    resource host 'containers' = [
      for container in hostContainers: {
        name: container
      }
    ]
  }
}

// Blobs only: none of the functions has a queue, and only blob triggers would need one. Without tables the host keeps no
// diagnostic events, which Application Insights has anyway. The package is no business of the worker's: it has no right there.
resource ownsBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (container, i) in hostContainers: {
    scope: account::blobs::host[i]
    name: guid(account.id, container, identityName, storageBlobDataOwner)
    properties: {
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataOwner)
    }
  }
]

// Whatever runs in the app can ask for a token of each of its identities, of this one too. So the right to write may end by itself.
var blobActions = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs'
var untilThen = '((!(ActionMatches{\'${blobActions}/write\'}) AND !(ActionMatches{\'${blobActions}/add/action\'}) AND !(ActionMatches{\'${blobActions}/delete\'}) AND !(ActionMatches{\'${blobActions}/move/action\'})) OR (@Environment[UtcNow] DateTimeLessThan \'${dateTimeAdd(now, 'PT2H')}\'))'

resource replacesPackage 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account::blobs::packages
  name: guid(account.id, 'packages', deployIdentityName, storageBlobDataContributor)
  properties: {
    principalId: deployIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataContributor)
    condition: packageLocked ? untilThen : null
    conditionVersion: packageLocked ? '2.0' : null
  }
}

// The stable version of 2016 has no categories like these.
#disable-next-line use-recent-api-versions
resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account::blobs
  name: 'audit'
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'StorageWrite', enabled: true }
      { category: 'StorageDelete', enabled: true }
    ]
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (locked) {
  scope: account
  name: 'keep'
  properties: { level: 'CanNotDelete', notes: 'Holds the timers\' last runs and the package.' }
}

output id string = account.id
output packageContainer string = account::blobs::packages.name
