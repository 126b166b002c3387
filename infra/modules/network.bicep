// The worker's network: it goes out through one fixed address, and reaches storage, vault and database by private endpoints, whose names
// the zones resolve. Operators' machines that are to reach these live in the third subnet, or in a network peered to this one.
param name string
param location string
param tags object

var zoneNames = [
  'privatelink.blob.${environment().suffixes.storage}'
  'privatelink.vaultcore.azure.net'
  'privatelink.postgres.database.azure.com'
]

resource address 'Microsoft.Network/publicIPAddresses@2026-03-01' = {
  name: 'pip-${name}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}

resource nat 'Microsoft.Network/natGateways@2026-03-01' = {
  name: 'ng-${name}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIpAddresses: [{ id: address.id }] }
}

resource network 'Microsoft.Network/virtualNetworks@2026-03-01' = {
  name: 'vnet-${name}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['10.64.0.0/24'] }
    subnets: [
      {
        name: 'worker'
        properties: {
          addressPrefix: '10.64.0.0/26'
          natGateway: { id: nat.id }
          // Flex Consumption's; an app on another plan would want another delegation.
          delegations: [{ name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        name: 'endpoints'
        properties: { addressPrefix: '10.64.0.64/27' }
      }
      {
        name: 'operators'
        properties: { addressPrefix: '10.64.0.96/27', natGateway: { id: nat.id } }
      }
    ]
  }

  resource worker 'subnets' existing = {
    name: 'worker'
  }

  resource endpoints 'subnets' existing = {
    name: 'endpoints'
  }
}

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for zone in zoneNames: {
    name: zone
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (zone, i) in zoneNames: {
    parent: zones[i]
    name: network.name
    location: 'global'
    tags: tags
    properties: { registrationEnabled: false, virtualNetwork: { id: network.id } }
  }
]

output workerSubnetId string = network::worker.id
output endpointSubnetId string = network::endpoints.id
output blobZoneId string = zones[0].id
output vaultZoneId string = zones[1].id
output postgresZoneId string = zones[2].id
