#compdef opsmantik
# zsh completion of opsmantik; load it with: source <(opsmantik completion zsh)
_opsmantik_complete() {
    local -a words_found
    words_found=("${(@f)$(opsmantik "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
    compadd -a words_found
}
compdef _opsmantik_complete opsmantik
