namespace OpsMantik.Core.Errors;

/// <summary>Who has to do something about an error.</summary>
public enum Responsible
{
    /// <summary>It heals by itself, or nothing can be done.</summary>
    Nobody,

    /// <summary>The business whose ads these are: its Google account, its settings, its phone desk.</summary>
    SiteOwner,

    /// <summary>Whoever runs this worker.</summary>
    Operator,
}
