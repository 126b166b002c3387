using System.ComponentModel.DataAnnotations;

namespace OpsMantik.Core.Runs;

/// <summary>How long and how wide an upload run works. Section <c>Upload</c> (<c>Upload__TimeBudget</c> …).</summary>
public sealed class UploadOptions
{
    public const string Section = "Upload";

    /// <summary>After this a run claims and sends nothing more; what it holds unsent goes back to the queue.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:09:30")]
    public TimeSpan TimeBudget { get; set; } = TimeSpan.FromMinutes(8);

    /// <summary>Groups uploaded side by side.</summary>
    [Range(1, 256)]
    public int MaxParallelGroups { get; set; } = 8;
}
