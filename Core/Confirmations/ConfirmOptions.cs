using System.ComponentModel.DataAnnotations;

namespace OpsMantik.Core.Confirmations;

/// <summary>When to ask what became of submitted conversions. Section <c>Confirm</c> (<c>Confirm__GiveUpAfter</c> …).</summary>
public sealed class ConfirmOptions
{
    public const string Section = "Confirm";

    /// <summary>From the acceptance to the first question. Google asks for 30 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan FirstCheckAfter { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>The longest of the growing gaps between two questions.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LongestGap { get; set; } = TimeSpan.FromHours(6);

    /// <summary>A request unsettled for longer is sent again under the same transaction ids.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(72);

    /// <summary>min(first gap × 2^(questions asked - 1), longest gap).</summary>
    /// <param name="questionsAsked">How often the request was asked about, from 1.</param>
    public TimeSpan GapAfter(int questionsAsked)
    {
        var exponent = Math.Clamp(questionsAsked - 1, 0, 30);
        return TimeSpan.FromSeconds(
            Math.Min(FirstCheckAfter.TotalSeconds * Math.Pow(2, exponent), LongestGap.TotalSeconds));
    }
}
