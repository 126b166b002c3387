using System.ComponentModel.DataAnnotations;

namespace OpsMantik.Core.Reconciliation;

/// <summary>When counts are compared. Section <c>Reconcile</c> (<c>Reconcile__SettleAfter</c>).</summary>
public sealed class ReconcileOptions
{
    public const string Section = "Reconcile";

    /// <summary>Days of one comparison: those of Google's own "no recent upload".</summary>
    public const int WindowDays = 28;

    /// <summary>Days that stay stored.</summary>
    public const int KeptDays = 90;

    /// <summary>
    /// How long Google need not have counted an upload. It documents no time; what is younger is shown, and not compared.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan SettleAfter { get; set; } = TimeSpan.FromHours(6);
}
