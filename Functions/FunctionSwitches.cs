namespace OpsMantik.Functions;

/// <summary>
/// Functions that an operator switched off by <c>AzureWebJobs.&lt;Function&gt;.Disabled</c>, as the Functions host reads it.
/// </summary>
internal sealed class FunctionSwitches(IConfiguration configuration)
{
    // A variable's name may not hold dots on every system: there it is AzureWebJobs__<Function>__Disabled.
    public bool IsOff(string function) =>
        IsTrue(configuration[$"AzureWebJobs.{function}.Disabled"]) || IsTrue(configuration[$"AzureWebJobs:{function}:Disabled"]);

    private static bool IsTrue(string? value) =>
        value?.Trim() is "1" || string.Equals(value?.Trim(), "true", StringComparison.OrdinalIgnoreCase);
}
