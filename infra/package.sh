#!/usr/bin/env bash
# Publishes one flavour of the function app and packs it, so that what is tested is what is deployed.
#   infra/package.sh [isolated|custom] [zip file]
set -euo pipefail
cd "$(dirname "$0")/.."

flavour=${1:-${FUNCTIONS_HOST:-isolated}}
zip=$(realpath -m "${2:-out/worker.zip}")
case $flavour in
    isolated) options=(-p:FunctionsHost=IsolatedWorker) ;;
    # Azure has no .NET for a custom handler, which therefore brings its own.
    custom) options=(-p:FunctionsHost=CustomHandler -r linux-x64 --self-contained) ;;
    *) echo "package.sh: isolated or custom, not $flavour" >&2; exit 2 ;;
esac

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$(dirname "$zip")"
dotnet publish Functions -c Release -o "$folder" -p:PackageFile="$zip" "${options[@]}"
echo "$flavour: $zip"
