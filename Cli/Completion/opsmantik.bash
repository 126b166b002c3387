# bash completion of opsmantik; load it with: source <(opsmantik completion bash)
_opsmantik_complete() {
    local line="${COMP_LINE:0:COMP_POINT}" IFS=$'\n'
    COMPREPLY=($(opsmantik "[suggest:${#line}]" "$line" 2>/dev/null | grep -F -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _opsmantik_complete opsmantik
