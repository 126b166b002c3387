#!/usr/bin/env bash
# Stands in for az, psql and dotnet, by whose name it is called: writes down what it was told and keeps in $STATE what Azure would have.
# FAIL_BEFORE, FAIL_AFTER, KILL: at which call it fails without effect, fails after it, or kills the script that called.
said="$(basename "$0") $*"
printf '%s\n' "$said" >> "$STATE/said"
call=$(wc -l < "$STATE/said")
if [ "$call" = "${FAIL_BEFORE:-}" ]; then echo "stub: call $call" >&2; exit 1; fi
after() {
    if [ "$call" = "${KILL:-}" ]; then kill -9 $PPID; fi
    if [ "$call" = "${FAIL_AFTER:-}" ]; then echo "stub: call $call" >&2; exit 1; fi
}
trap after EXIT

# Value of the argument $1.
value() {
    local name=$1
    set -- "${arguments[@]}"
    while [ $# -gt 0 ]; do
        if [ "$1" = "$name" ]; then printf '%s' "$2"; return; fi
        shift
    done
}
arguments=("$@")
mkdir -p "$STATE/secrets" "$STATE/readable"
admitted() { grep -qx "${ADDRESS:-203.0.113.7}" "$STATE/rule" 2>/dev/null; }

case $said in
    "az version "*) echo "${AZ_VERSION:-2.90.0}" ;;
    "az account show "*) [ -z "${SIGNED_OUT:-}" ] || exit 1 ;;
    "az account get-access-token "*) echo CANARY-token ;;
    "az provider list "*) tr ' ' '\n' <<<"$REGISTERED" ;;
    "az functionapp list-flexconsumption-locations "*) printf '%s\n' "West Europe" "Sweden Central" ;;
    "az functionapp list-flexconsumption-runtimes "*) printf '%s\n' 9.0 ${RUNTIME-10.0} ;;
    "az postgres flexible-server list-skus "*) echo "${RESTRICTED:-Disabled}" ;;
    "az keyvault list-deleted "*) echo "${DELETED:-}" ;;
    "az keyvault secret list "*) [ -z "${CLOSED:-}" ] || exit 1; ls "$STATE/secrets" ;;
    "az keyvault secret set "*) cat "$(value --file)" > "$STATE/secrets/$(value --name)" ;;
    "az role assignment list "*) name=$(value --scope); ls "$STATE/readable" | grep -x "${name##*/}" ;;
    "az role assignment create "*) name=$(value --scope); touch "$STATE/readable/${name##*/}" ;;
    "az functionapp show "*) echo /subscriptions/1/app ;;
    "az rest --method post"*) touch "$STATE/refreshed" ;;
    "az rest --method get --url /subscriptions/1/app"*) comm -23 <(ls "$STATE/secrets") <(ls "$STATE/readable") ;;
    "az postgres flexible-server firewall-rule create "*) value --start-ip-address > "$STATE/rule" ;;
    "az postgres flexible-server firewall-rule delete "*) [ -z "${LOCKED:-}" ] || exit 1; rm -f "$STATE/rule" ;;
    "az postgres flexible-server firewall-rule list "*) echo azure; [ ! -e "$STATE/rule" ] || echo operator ;;
    "psql --version") echo "psql (PostgreSQL) ${PSQL_VERSION:-16.4}" ;;
    psql*)
        if [ -z "${UNREACHABLE:-}" ] && ! admitted; then
            echo "psql: error: FATAL:  no pg_hba.conf entry for host \"${ADDRESS:-203.0.113.7}\", user \"operators\", database \"postgres\", no encryption" >&2
        fi
        if [ -n "${UNREACHABLE:-}" ] || ! admitted; then exit 2; fi
        case $said in *" --file "*) touch "$STATE/login" ;; esac
        ;;
    "dotnet --version") echo "${DOTNET_SAID:-10.0.100}" ;;
    "dotnet run --project Cli -- migrate") echo "$ConnectionStrings__OpsMantik" > "$STATE/migrated" ;;
esac
true
