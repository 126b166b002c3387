// A server that knows no passwords: operators and worker sign in with Entra tokens.
param name string
param location string
param tags object
param databaseName string

@description('Who migrates the database and makes logins.')
param operatorId string
param operatorName string
param operatorType string

@description('Log Analytics workspace that gets the server\'s log.')
param workspaceId string

@description('Reached inside the virtual network only.')
param isPrivate bool

@description('A copy of the backups in the paired region. Chosen when the server is made, and not later.')
param geoRedundantBackup bool

@description('A standby in another zone.')
param zoneRedundant bool

@description('Cannot be deleted before the lock is.')
param locked bool

@description('Compute size. It sets how many connections the server admits: Standard_B1ms only 35, fewer than six instances open.')
param sku { name: string, tier: 'Burstable' | 'GeneralPurpose' | 'MemoryOptimized' } = {
  name: 'Standard_B2s'
  tier: 'Burstable'
}

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' = {
  name: name
  location: location
  tags: tags
  // Burstable servers have no standby.
  sku: zoneRedundant && sku.tier == 'Burstable' ? { name: 'Standard_D2ds_v5', tier: 'GeneralPurpose' } : sku
  properties: {
    version: '17'
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Disabled'
      tenantId: tenant().tenantId
    }
    storage: { storageSizeGB: 32, autoGrow: 'Enabled' }
    backup: { backupRetentionDays: 14, geoRedundantBackup: geoRedundantBackup ? 'Enabled' : 'Disabled' }
    highAvailability: { mode: zoneRedundant ? 'ZoneRedundant' : 'Disabled' }
    network: { publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled' }
  }

  // One change at a time, in a chain: the server refuses a second one while the first is under way (ServerIsBusy).
  resource database 'databases' = {
    name: databaseName
  }

  // 0.0.0.0 stands for all of Azure, the worker's changing addresses among them: the tokens keep the others out.
  resource azure 'firewallRules' = if (!isPrivate) {
    name: 'azure'
    dependsOn: [database]
    properties: { startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' }
  }

  resource administrator 'administrators' = {
    name: operatorId
    dependsOn: [database, azure]
    properties: {
      principalName: operatorName
      principalType: operatorType
      tenantId: tenant().tenantId
    }
  }
}

// The stable version of 2016 has no categories like these.
#disable-next-line use-recent-api-versions
resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: server
  name: 'audit'
  dependsOn: [server::administrator]
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'PostgreSQLLogs', enabled: true }]
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (locked) {
  scope: server
  name: 'keep'
  dependsOn: [audit]
  properties: { level: 'CanNotDelete', notes: 'Holds the queue and the ledger.' }
}

output id string = server.id
output host string = server.properties.fullyQualifiedDomainName
