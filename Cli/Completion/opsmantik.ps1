# PowerShell completion of opsmantik; load it with: opsmantik completion pwsh | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName opsmantik -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $line = $commandAst.ToString().PadRight($cursorPosition)
    opsmantik "[suggest:$cursorPosition]" "$line" | Where-Object { $_ -like "*$wordToComplete*" } | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }
}
