namespace OpsMantik.Functions;

/// <summary>Names of the functions, the same in every hosting model, in logs and in the Azure portal.</summary>
public static class FunctionNames
{
    public const string ProcessOfflineConversions = "ProcessOfflineConversions";
    public const string ProcessOfflineConversionsTimer = "ProcessOfflineConversionsTimer";
    public const string RecoverProcessing = "RecoverProcessing";
    public const string RecoverProcessingTimer = "RecoverProcessingTimer";
    public const string SeedCredentials = "SeedCredentials";
    public const string ConfirmUploads = "ConfirmUploads";
    public const string ConfirmUploadsTimer = "ConfirmUploadsTimer";
    public const string Health = "Health";
    public const string Status = "Status";

    internal static readonly IReadOnlyList<string> All =
    [
        ProcessOfflineConversions, ProcessOfflineConversionsTimer, RecoverProcessing, RecoverProcessingTimer,
        SeedCredentials, ConfirmUploads, ConfirmUploadsTimer, Health, Status,
    ];
}
