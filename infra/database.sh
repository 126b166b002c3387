#!/usr/bin/env bash
# Brings the database up to date and, on the new server, lets the worker in, with the operator's own token. May be run again.
# Needs psql 16 and Azure CLI 2.86, or newer.
set -euo pipefail
cd "$(dirname "$0")/.."
case ${DATABASE_KIND:-new} in
    new) ;;
    password)
        if [ -n "${MIGRATION_DATABASE:-}" ]; then
            ConnectionStrings__OpsMantik=$MIGRATION_DATABASE dotnet run --project Cli -- migrate
        else
            echo "database.sh: not migrated; with MIGRATION_DATABASE in the shell's environment it would be (docs/deployment.md)"
        fi
        exit 0
        ;;
    *)
        echo "database.sh: not our server; docs/deployment.md says what to run there"
        exit 0
        ;;
esac
: "${AZURE_SUBSCRIPTION_ID:?}" "${DATABASE_HOST:?}" "${DATABASE_NAME:?}" "${IDENTITY_NAME:?}" "${OPERATOR_NAME:?}" "${AZURE_RESOURCE_GROUP:?}"
at=(--subscription "$AZURE_SUBSCRIPTION_ID")

token=$(az account get-access-token "${at[@]}" --resource-type oss-rdbms --query accessToken --output tsv)
# Logins belong to the server, and Entra's functions to the database postgres.
ask() {
    PGPASSWORD=$token PGCONNECT_TIMEOUT=15 psql "host=$DATABASE_HOST dbname=postgres user='$OPERATOR_NAME' sslmode=verify-full sslrootcert=system" \
        --no-psqlrc --quiet --set ON_ERROR_STOP=1 "$@"
}

rule=(--resource-group "$AZURE_RESOURCE_GROUP" --server-name "${DATABASE_HOST%%.*}" --name operator)
# $1: the one address that may come in.
open() { az postgres flexible-server firewall-rule create "${at[@]}" "${rule[@]}" --start-ip-address "$1" --end-ip-address "$1" --output none; }
# Also what an earlier run left, that was killed. A lock on the server forbids to delete, not to change: then nobody's address stays.
close() {
    local rules
    rules=$(az postgres flexible-server firewall-rule list "${at[@]}" "${rule[@]:0:4}" --query '[].name' --output tsv)
    ! grep -qx operator <<<"$rules" || az postgres flexible-server firewall-rule delete "${at[@]}" "${rule[@]}" --yes --output none || open 127.0.0.1
}

# Open to this machine alone, and only meanwhile. Its address is what the server names in its refusal: nobody else is asked.
[ "${USE_VNET:-false}" = true ] || trap close EXIT
if ! refusal=$(ask --command "select" 2>&1); then
    address=${OPERATOR_ADDRESS:-$(sed -nE 's/.*no pg_hba\.conf entry for host "([0-9.]+)".*/\1/p' <<<"$refusal" | head -n 1)}
    if [ "${USE_VNET:-false}" = true ]; then
        printf '%s\n' "$refusal" "database.sh: $DATABASE_HOST answers in its network alone: run azd up on a machine there (docs/azure-network.md)" >&2
        exit 1
    elif [ -z "$address" ]; then
        printf '%s\n' "$refusal" "database.sh: the server does not say which address it sees; type: azd env set OPERATOR_ADDRESS your public address" >&2
        exit 1
    fi
    open "$address"
fi

ConnectionStrings__OpsMantik="Host=$DATABASE_HOST;Database=$DATABASE_NAME;Username=$OPERATOR_NAME;Password=$token;SSL Mode=VerifyFull" \
    dotnet run --project Cli -- migrate
ask --set worker="$IDENTITY_NAME" --file infra/worker-login.sql
echo "$IDENTITY_NAME: let in"
