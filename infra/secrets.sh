#!/usr/bin/env bash
# Makes the secrets that the vault lacks: two, and with USE_STATUS_SECRET=true one for the status page. Nobody sees them: they go from openssl into the vault, by no file and no
# command line. One that is there stays. Needs the rights of Key Vault Secrets Officer.
set -euo pipefail
: "${KEY_VAULT_NAME:?}" "${AZURE_RESOURCE_GROUP:?}" "${FUNCTION_APP_NAME:?}"

# A right that was just granted takes minutes to arrive. Until then nothing is known of the vault, so nothing is set.
for attempt in $(seq "${ATTEMPTS:-20}"); do
    if names=$(az keyvault secret list --vault-name "$KEY_VAULT_NAME" --query '[].name' --output tsv); then break; fi
    [ "$attempt" -lt "${ATTEMPTS:-20}" ] || { echo "secrets.sh: $KEY_VAULT_NAME does not let you in" >&2; exit 1; }
    sleep "${PAUSE:-15}"
done

# $1: name; the rest: the command that prints a new value.
make() {
    local name=$1
    shift
    if grep -qx "$name" <<<"$names"; then
        echo "$name: kept"
        return
    fi
    az keyvault secret set --vault-name "$KEY_VAULT_NAME" --name "$name" --file <("$@" | tr -d '\n') --output none
    echo "$name: made"
}

make OPSMANTIK-VAULT-KEY openssl rand -base64 32
make CRON-SECRET openssl rand -hex 32
if [ "${USE_STATUS_SECRET:-false}" = true ]; then make STATUS-SECRET openssl rand -hex 32; fi

# The app would look again within a day, or at a restart.
app=$(az functionapp show --resource-group "$AZURE_RESOURCE_GROUP" --name "$FUNCTION_APP_NAME" --query id --output tsv)
az rest --method post --url "$app/config/configreferences/appsettings/refresh?api-version=2022-03-01" --output none
