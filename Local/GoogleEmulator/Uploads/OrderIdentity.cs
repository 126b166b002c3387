namespace OpsMantik.Local.GoogleEmulator.Uploads;

/// <summary>An order id is unique within its conversion action.</summary>
internal readonly record struct OrderIdentity(string Action, string OrderId);
