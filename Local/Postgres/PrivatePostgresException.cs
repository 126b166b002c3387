namespace OpsMantik.Local.Postgres;

/// <summary>A private PostgreSQL cannot be had on this machine; the message says what to do.</summary>
public sealed class PrivatePostgresException(string message, Exception? inner = null) : Exception(message, inner);
