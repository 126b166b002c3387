# PowerShell completion of opsmantik; load it with: opsmantik completion pwsh | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName opsmantik -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $line = $commandAst.ToString().PadRight($cursorPosition)
    $word = $wordToComplete.Trim("'", '"')
    opsmantik "[suggest:$cursorPosition]" "$line" | Where-Object { $_ -like "*$([WildcardPattern]::Escape($word))*" } | ForEach-Object {
        # A name may have blanks, or what the shell obeys: what is put into the line is quoted. Typographic quotes end a string, too.
        $text = if ($_ -match '^[\w.:=/-]+$') { $_ } else { "'" + [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($_) + "'" }
        [System.Management.Automation.CompletionResult]::new($text, $_, 'ParameterValue', $_)
    }
}
