#!/usr/bin/env bash
# Looks, before anything is made, at what would stop azd up in the middle. Prints each finding with its cure, and changes nothing.
set -uo pipefail
findings=0

# $1: what is wrong; $2: its cure.
finding() {
    findings=$((findings + 1))
    printf 'preflight: %s\n           -> %s\n' "$1" "$2"
}

# $1: version that is there (empty: none); $2: oldest that will do.
older() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" != "$2" ]; }

# $1: program; $2: oldest version; $3: its version as printed; $4: cure.
program() {
    local version
    version=$(grep -oE '[0-9]+(\.[0-9]+)+' <<<"$3" | head -n 1)
    if [ -z "$version" ]; then
        finding "$1 is not there" "$4"
    elif older "$version" "$2"; then
        finding "$1 is $version, and must be $2 or newer" "$4"
    fi
}

program "Azure CLI" 2.86 "$(az version --query '"azure-cli"' --output tsv 2>/dev/null)" "https://learn.microsoft.com/cli/azure/install-azure-cli, or: az upgrade"
program psql 16.0 "$(psql --version 2>/dev/null)" "install the client of PostgreSQL 16 or newer (https://www.postgresql.org/download)"
program OpenSSL 1.1 "$(openssl version 2>/dev/null)" "install openssl"
program ".NET SDK" 10.0 "$(dotnet --version 2>/dev/null)" "https://dotnet.microsoft.com/download/dotnet/10.0"

for name in AZURE_SUBSCRIPTION_ID AZURE_LOCATION AZURE_ENV_NAME OPERATOR_ID OPERATOR_NAME; do
    [ -n "${!name:-}" ] || finding "$name is not set" "azd env set $name VALUE (docs/deployment.md says which)"
done
if [ "${DATABASE_KIND:-new}" = existing ] && [ -z "${EXISTING_DATABASE_HOST:-}" ]; then
    finding "DATABASE_KIND is existing, and no server is named" "azd env set EXISTING_DATABASE_HOST server.postgres.database.azure.com"
fi

# What follows asks Azure: pointless without it.
if [ "$findings" -eq 0 ]; then
    at=(--subscription "$AZURE_SUBSCRIPTION_ID")
    if ! az account show "${at[@]}" --output none 2>/dev/null; then
        finding "Azure CLI does not see subscription $AZURE_SUBSCRIPTION_ID" "az login; another one: azd env set AZURE_SUBSCRIPTION_ID ID"
    fi
fi
if [ "$findings" -eq 0 ]; then
    registered=$(az provider list "${at[@]}" --query "[?registrationState=='Registered'].namespace" --output tsv)
    wanted=(Microsoft.Insights Microsoft.KeyVault Microsoft.ManagedIdentity Microsoft.OperationalInsights Microsoft.Storage Microsoft.Web)
    [ "${DATABASE_KIND:-new}" != new ] || wanted+=(Microsoft.DBforPostgreSQL)
    # The worker's subnet is delegated to Microsoft.App.
    [ "${USE_VNET:-false}" != true ] || wanted+=(Microsoft.App Microsoft.Network)
    for namespace in "${wanted[@]}"; do
        grep -qix "$namespace" <<<"$registered" ||
            finding "$namespace is not registered" "az provider register --subscription $AZURE_SUBSCRIPTION_ID --namespace $namespace --wait"
    done

    # Regions are spelled "westeurope" here and "West Europe" there.
    plain() { tr -d ' ' | tr '[:upper:]' '[:lower:]'; }
    location=$(plain <<<"$AZURE_LOCATION")
    if ! regions=$(az functionapp list-flexconsumption-locations "${at[@]}" --query '[].name' --output tsv); then
        finding "the regions of Flex Consumption could not be listed" "Azure CLI says above why; az upgrade"
    elif ! grep -qx "$location" <<<"$(plain <<<"$regions")"; then
        finding "Flex Consumption is not offered in $AZURE_LOCATION" "azd env set AZURE_LOCATION one of: $(tr '\n' ' ' <<<"$regions")"
    elif ! grep -q '^10' <<<"$(az functionapp list-flexconsumption-runtimes "${at[@]}" --location "$AZURE_LOCATION" \
        --runtime dotnet-isolated --query '[].version' --output tsv)"; then
        finding "Flex Consumption in $AZURE_LOCATION has no dotnet-isolated 10 yet" "azd env set AZURE_LOCATION another region"
    fi

    if [ "${DATABASE_KIND:-new}" = new ]; then
        restricted=$(az postgres flexible-server list-skus "${at[@]}" --location "$AZURE_LOCATION" --query '[0].restricted' --output tsv)
        case $restricted in
            Enabled | true) finding "PostgreSQL in $AZURE_LOCATION is closed to this subscription" "another region, or ask Azure's support for a quota there" ;;
        esac
        full=$(az rest --method get --query 'value[?limit > `0` && currentValue >= limit].name.localizedValue' --output tsv --url \
            "/subscriptions/$AZURE_SUBSCRIPTION_ID/providers/Microsoft.DBforPostgreSQL/locations/$AZURE_LOCATION/resourceType/flexibleServers/usages?api-version=2025-08-01")
        [ -z "$full" ] || printf 'preflight: used up in %s, in case the server is of it: %s\n' "$AZURE_LOCATION" "$(paste -sd, - <<<"$full")"
    fi

    # Purge protection keeps a deleted vault, and its name, for 90 days.
    deleted=$(az keyvault list-deleted "${at[@]}" --resource-type vault --output tsv \
        --query "[?contains(properties.vaultId, '/rg-opsmantik-$AZURE_ENV_NAME/') && properties.location == '$location'].name")
    # kv-opsmantik-, eight characters, and the suffix.
    inTheWay=$(grep -E "^kv-opsmantik-.{8}${VAULT_SUFFIX:-}\$" <<<"$deleted" | head -n 1)
    if [ -n "$inTheWay" ] && [ "${VAULT_CREATE_MODE:-default}" = default ]; then
        finding "$inTheWay is deleted, and keeps its name" "with its secrets again: azd env set VAULT_CREATE_MODE recover; a new one: azd env set VAULT_SUFFIX 2"
    elif [ -z "$inTheWay" ] && [ "${VAULT_CREATE_MODE:-default}" = recover ]; then
        finding "no deleted vault is there to be recovered" "azd env set VAULT_CREATE_MODE default"
    fi
fi

[ "$findings" -eq 0 ] || exit 1
echo "preflight: nothing is in the way"
