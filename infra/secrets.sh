#!/usr/bin/env bash
# Makes the secrets that the vault lacks, and lets the worker read each: two, with USE_STATUS_SECRET=true one for the status page, with
# USE_ALERT_WEBHOOK=true the webhook's address and what signs its messages, with DATABASE_KIND=password the connection string. Nobody
# sees them: they go from openssl (or the shell's variable ALERT_WEBHOOK_URL or WORKER_DATABASE, or the keyboard) into the vault, by no
# file and no command line. One that is there stays. May be run again.
# Needs the rights of Key Vault Secrets Officer, and of Owner where a right at a secret is missing.
set -euo pipefail
: "${AZURE_SUBSCRIPTION_ID:?}" "${KEY_VAULT_NAME:?}" "${KEY_VAULT_ID:?}" "${IDENTITY_PRINCIPAL_ID:?}" "${AZURE_RESOURCE_GROUP:?}" "${FUNCTION_APP_NAME:?}"
at=(--subscription "$AZURE_SUBSCRIPTION_ID")
attempts=${ATTEMPTS:-20}
keyVaultSecretsUser=4633458b-17de-408a-b874-0445c86b69e6

# A right that was just granted takes minutes to arrive. Until then nothing is known of the vault, so nothing is set.
for attempt in $(seq "$attempts"); do
    if names=$(az keyvault secret list "${at[@]}" --vault-name "$KEY_VAULT_NAME" --query '[].name' --output tsv); then break; fi
    if [ "$attempt" -ge "$attempts" ]; then
        echo "secrets.sh: $KEY_VAULT_NAME does not let you in" >&2
        [ "${USE_VNET:-false}" != true ] || echo "secrets.sh: it answers in its network alone: run azd up on a machine there (docs/azure-network.md)" >&2
        exit 1
    fi
    sleep "${PAUSE:-15}"
done

has() { grep -qx "$1" <<<"$names"; }

# $1: name; the rest: the command that prints a new value.
make() {
    local name=$1
    shift
    if has "$name"; then
        echo "$name: kept"
        return
    fi
    az keyvault secret set "${at[@]}" --vault-name "$KEY_VAULT_NAME" --name "$name" --file <("$@" | tr -d '\n') --output none
    names+=$'\n'$name
    echo "$name: made"
}

# $1: name; $2: the shell's variable that holds it; $3: what it is.
ask() {
    local name=$1 variable=$2 what=$3
    if has "$name"; then return; fi
    if [ -z "${!variable:-}" ] && [ -t 0 ]; then
        read -rsp "The $what: " "$variable"
        echo
    fi
    if [ -z "${!variable:-}" ]; then
        echo "secrets.sh: no $what; type: read -rs $variable && export $variable, then this again" >&2
        exit 1
    fi
    make "$name" printf %s "${!variable}"
}

sign() { local key; key=$(openssl rand -base64 32) && printf 'whsec_%s' "$key"; }

make OPSMANTIK-VAULT-KEY openssl rand -base64 32
make CRON-SECRET openssl rand -hex 32
if [ "${USE_STATUS_SECRET:-false}" = true ]; then make STATUS-SECRET openssl rand -hex 32; fi
if [ "${USE_ALERT_WEBHOOK:-false}" = true ]; then
    make ALERT-WEBHOOK-SECRET sign
    ask ALERT-WEBHOOK-URL ALERT_WEBHOOK_URL "address of the alerts' webhook"
fi
if [ "${DATABASE_KIND:-new}" = password ]; then ask OPSMANTIK-DATABASE WORKER_DATABASE "connection string of the worker's login"; fi

for name in OPSMANTIK-VAULT-KEY OPSMANTIK-VAULT-PREVIOUS-KEYS CRON-SECRET STATUS-SECRET ALERT-WEBHOOK-URL ALERT-WEBHOOK-SECRET OPSMANTIK-DATABASE; do
    has "$name" || continue
    given=$(az role assignment list "${at[@]}" --scope "$KEY_VAULT_ID/secrets/$name" --fill-principal-name false --output tsv \
        --query "[?principalId=='$IDENTITY_PRINCIPAL_ID' && ends_with(roleDefinitionId, '$keyVaultSecretsUser')].id")
    [ -z "$given" ] || continue
    az role assignment create "${at[@]}" --scope "$KEY_VAULT_ID/secrets/$name" --role "$keyVaultSecretsUser" \
        --assignee-object-id "$IDENTITY_PRINCIPAL_ID" --assignee-principal-type ServicePrincipal --output none
    echo "$name: the worker may read it"
done

# The app would look again within a day, or at a restart. It is asked until the rights have arrived; what it lacks then, its log says.
app=$(az functionapp show "${at[@]}" --resource-group "$AZURE_RESOURCE_GROUP" --name "$FUNCTION_APP_NAME" --query id --output tsv)
for attempt in $(seq "$attempts"); do
    az rest --method post --url "$app/config/configreferences/appsettings/refresh?api-version=2022-03-01" --output none
    missing=$(az rest --method get --url "$app/config/configreferences/appsettings?api-version=2025-03-01" \
        --query "value[?properties.status!='Resolved'].name" --output tsv)
    if [ -z "$missing" ]; then break; fi
    if [ "$attempt" -ge "$attempts" ]; then
        echo "secrets.sh: the app cannot read yet: $(paste -sd, - <<<"$missing"); if it does not start, run this again and restart it"
        break
    fi
    sleep "${PAUSE:-15}"
done
