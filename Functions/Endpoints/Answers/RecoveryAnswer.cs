namespace OpsMantik.Functions.Endpoints.Answers;

internal sealed record RecoveryAnswer(bool Ok, int Recovered);
