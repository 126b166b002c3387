import { keyVaultSecretsOfficer } from 'roles.bicep'

// Holds OPSMANTIK-VAULT-KEY, CRON-SECRET and, where asked for, STATUS-SECRET, OPSMANTIK-VAULT-PREVIOUS-KEYS and OPSMANTIK-DATABASE. Their
// values never pass through a template, so none is made here; and a right at a secret needs the secret, so secrets.sh gives the worker's.
param name string
param location string
param tags object

@description('Brings a deleted vault of this name back, its secrets with it; where there is none, Azure refuses.')
param recovered bool

@description('Who sets the secrets.')
param operatorId string
param operatorType string

@description('Log Analytics workspace that is told who read or changed a secret.')
param workspaceId string

@description('Reached inside the virtual network only.')
param isPrivate bool

@description('Cannot be deleted before the lock is.')
param locked bool

resource vault 'Microsoft.KeyVault/vaults@2026-05-15' = {
  name: name
  location: location
  tags: tags
  properties: {
    createMode: recovered ? 'recover' : 'default'
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: { defaultAction: isPrivate ? 'Deny' : 'Allow', bypass: 'None' }
  }
}

resource setsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, operatorId, keyVaultSecretsOfficer)
  properties: {
    principalId: operatorId
    principalType: operatorType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsOfficer)
  }
}

// The stable version of 2016 has no categories like these.
#disable-next-line use-recent-api-versions
resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'audit'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'audit', enabled: true }]
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (locked) {
  scope: vault
  name: 'keep'
  properties: { level: 'CanNotDelete', notes: 'Without its key the sites\' credentials cannot be opened.' }
}

output id string = vault.id
