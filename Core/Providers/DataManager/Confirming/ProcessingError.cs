using OpsMantik.Core.Providers.DataManager.Errors;

namespace OpsMantik.Core.Providers.DataManager.Confirming;

/// <summary>One reason for which events of a request were not counted.</summary>
/// <param name="Name">The reason without its enum's prefix.</param>
/// <param name="Count">How many events it met.</param>
/// <param name="Indices">Which ones; null where Google does not say, or not of all.</param>
internal sealed record ProcessingError(string Name, long Count, IReadOnlyList<long>? Indices)
{
    /// <summary>Null when Google has added the name since the table was written.</summary>
    public ErrorClass? ListedClass => ProcessingErrorTable.Find(Name);

    public ErrorClass Class => ListedClass ?? ErrorClass.Transient;

    public UploadOutcome Outcome => RowOutcomes.For(Class, Name, "");
}
