namespace OpsMantik.Core.Providers.DataManager.Errors;

/// <summary>One field at fault, its texts already scrubbed.</summary>
/// <param name="Path">As Google wrote it; may be empty.</param>
/// <param name="Index">The event of the request it is about; null when the path names none.</param>
/// <param name="Name">The violation's own reason, or the refusal's.</param>
/// <param name="Message">Google's text; may be empty.</param>
internal sealed record Violation(string Path, int? Index, string Name, string Message);
