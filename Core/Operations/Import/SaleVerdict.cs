namespace OpsMantik.Core.Operations.Import;

/// <summary>The verdicts of <c>judge_sales()</c>.</summary>
public enum SaleVerdict
{
    /// <summary>To be written and queued.</summary>
    New,

    /// <summary>Confirmed, but not in the queue: to be queued.</summary>
    Unqueued,

    /// <summary>Already in the queue: left as it is.</summary>
    There,

    UnknownSite,
    Draft,
    Canceled,

    /// <summary>The same reference on another sale.</summary>
    Differs,
}
