namespace OpsMantik.Functions.Endpoints.Answers;

/// <summary>One word per part, "ok" where nothing is wrong.</summary>
internal sealed record HealthAnswer(bool Ok, string Database, string Schema, string VaultKey, string CronSecret, string GoogleApi);
