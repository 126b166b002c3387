// Two accounts without a password. The worker runs as the first; the platform fetches and replaces the package as the second.
param name string
param deployName string
param location string
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

resource deployIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: deployName
  location: location
  tags: tags
}

output principalId string = identity.properties.principalId
