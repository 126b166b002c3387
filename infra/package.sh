#!/usr/bin/env bash
# Publishes the function app, compiled ahead for Azure's Linux, and packs it, so that what is tested is what is deployed.
#   infra/package.sh [zip file]
set -euo pipefail
cd "$(dirname "$0")/.."

zip=${1:-out/worker.zip}
mkdir -p "$(dirname "$zip")"
# Not realpath -m, which macOS does not have.
zip=$(cd "$(dirname "$zip")" && pwd)/$(basename "$zip")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
dotnet publish Functions -c Release -r linux-x64 -o "$folder" -p:PackageFile="$zip" -p:ContinuousIntegrationBuild=true -nodeReuse:false -p:UseSharedCompilation=false
echo "package: $zip"
