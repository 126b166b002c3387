namespace OpsMantik.Local.GoogleEmulator.Uploads;

/// <summary>By what Google tells two conversions of one click apart. The time is an instant: its offset does not matter.</summary>
internal readonly record struct ClickIdentity(string Action, string ClickId, long UtcTicks);
