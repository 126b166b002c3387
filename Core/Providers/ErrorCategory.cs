namespace OpsMantik.Core.Providers;

/// <summary>Who has to act on an error; stored upper-case in <c>provider_error_category</c>.</summary>
public enum ErrorCategory
{
    /// <summary>The row itself is wrong; sending it again cannot help.</summary>
    Validation,

    /// <summary>The site's credentials are refused; a person must replace them and re-queue.</summary>
    Auth,

    /// <summary>The provider or the way to it is unwell; the same request may succeed later.</summary>
    Transient,

    /// <summary>The provider asks us to slow down.</summary>
    RateLimit,

    /// <summary>Account, action or worker is set up wrongly; rows wait, unspent, for the fix.</summary>
    Configuration,
}
