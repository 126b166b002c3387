namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>An event that failed in processing.</summary>
/// <param name="Index">In the request, from 0.</param>
/// <param name="Reason">Without its prefix, such as <c>INVALID_GCLID</c>.</param>
/// <param name="Indexed">Whether the status tells the index.</param>
internal readonly record struct RejectedEvent(int Index, string Reason, bool Indexed);
