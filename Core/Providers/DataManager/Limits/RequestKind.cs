namespace OpsMantik.Core.Providers.DataManager.Limits;

/// <summary>What Google counts apart.</summary>
internal enum RequestKind
{
    Ingest,
    Status,
}
