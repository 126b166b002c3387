namespace OpsMantik.Functions.Endpoints.Answers;

internal sealed record UploadAnswer(bool Ok, int Processed, int Completed, int Failed, int Retry, int Submitted);
