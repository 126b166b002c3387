// A server that knows no passwords: operators and worker sign in with Entra tokens.
param name string
param location string
param tags object
param databaseName string

@description('Who migrates the database and makes logins.')
param operatorId string
param operatorName string
param operatorType string

@description('Compute size. It sets how many connections the server admits: Standard_B1ms only 35, fewer than six instances open.')
param sku { name: string, tier: 'Burstable' | 'GeneralPurpose' | 'MemoryOptimized' } = {
  name: 'Standard_B2s'
  tier: 'Burstable'
}

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' = {
  name: name
  location: location
  tags: tags
  sku: sku
  properties: {
    version: '17'
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Disabled'
      tenantId: tenant().tenantId
    }
    storage: { storageSizeGB: 32, autoGrow: 'Enabled' }
    backup: { backupRetentionDays: 14 }
    highAvailability: { mode: 'Disabled' }
  }

  resource database 'databases' = {
    name: databaseName
  }

  // 0.0.0.0 stands for all of Azure, the worker's changing addresses among them: the tokens keep the others out.
  resource azure 'firewallRules' = {
    name: 'azure'
    properties: { startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' }
  }

  // One change at a time: the server refuses a second one while the first is under way.
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

output host string = server.properties.fullyQualifiedDomainName
