namespace OpsMantik.Functions.Endpoints.Answers;

/// <summary>The dashboard's cron routes answer so; its callers know the code.</summary>
internal sealed record ForbiddenAnswer(string Error, string Code);
