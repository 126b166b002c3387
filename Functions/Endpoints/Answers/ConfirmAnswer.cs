namespace OpsMantik.Functions.Endpoints.Answers;

/// <summary>Requests asked about and still pending; rows by outcome.</summary>
internal sealed record ConfirmAnswer(bool Ok, int Checked, int Completed, int Failed, int Retry, int Pending);
