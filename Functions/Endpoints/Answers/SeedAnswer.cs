namespace OpsMantik.Functions.Endpoints.Answers;

internal sealed record SeedAnswer(bool Ok, Guid SiteId, string ProviderKey);
