#!/usr/bin/env bash
# Brings the new server's database up to date and lets the worker in, with the operator's own token. May be run again.
# Needs psql 16 and Azure CLI 2.86, or newer.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "${DATABASE_KIND:-new}" != new ]; then
    echo "database.sh: not our server; docs/deployment.md says what to run there"
    exit 0
fi
: "${DATABASE_HOST:?}" "${DATABASE_NAME:?}" "${IDENTITY_NAME:?}" "${OPERATOR_NAME:?}" "${AZURE_RESOURCE_GROUP:?}"

# Open to this machine alone, and only meanwhile.
server=(--resource-group "$AZURE_RESOURCE_GROUP" --server-name "${DATABASE_HOST%%.*}" --name operator)
address=${OPERATOR_ADDRESS:-$(curl -fsS https://api.ipify.org)}
trap 'az postgres flexible-server firewall-rule delete "${server[@]}" --yes --output none' EXIT
az postgres flexible-server firewall-rule create "${server[@]}" \
    --start-ip-address "$address" --end-ip-address "$address" --output none

token=$(az account get-access-token --resource-type oss-rdbms --query accessToken --output tsv)
ConnectionStrings__OpsMantik="Host=$DATABASE_HOST;Database=$DATABASE_NAME;Username=$OPERATOR_NAME;Password=$token;SSL Mode=VerifyFull" \
    dotnet run --project Cli -- migrate
# Logins belong to the server, and Entra's functions to the database postgres.
PGPASSWORD=$token psql "host=$DATABASE_HOST dbname=postgres user='$OPERATOR_NAME' sslmode=verify-full sslrootcert=system" \
    --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set worker="$IDENTITY_NAME" --file infra/worker-login.sql
echo "$IDENTITY_NAME: let in"
