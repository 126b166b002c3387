namespace OpsMantik.Core.Status;

/// <summary>When a job last ended well, whoever called it.</summary>
/// <param name="Job"><c>upload</c>, <c>recovery</c> or <c>confirm</c>.</param>
/// <param name="EndedAt">UTC.</param>
public sealed record JobTick(string Job, DateTime EndedAt);
