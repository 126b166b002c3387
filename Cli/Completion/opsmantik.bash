# bash completion of opsmantik; load it with: source <(opsmantik completion bash)
_opsmantik_complete() {
    local line="${COMP_LINE:0:COMP_POINT}" word="${COMP_WORDS[COMP_CWORD]}" IFS=$'\n'
    # A name may have blanks, or what the shell obeys: what is put into the line is quoted.
    COMPREPLY=($(opsmantik "[suggest:${#line}]" "$line" 2>/dev/null | grep -iF -- "${word//[\\\"\']/}" \
        | while read -r suggestion; do printf '%q\n' "$suggestion"; done))
}
complete -o default -F _opsmantik_complete opsmantik
