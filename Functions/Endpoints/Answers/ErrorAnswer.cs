namespace OpsMantik.Functions.Endpoints.Answers;

internal sealed record ErrorAnswer(bool Ok, string Error, string? CorrelationId);
