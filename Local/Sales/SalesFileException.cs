namespace OpsMantik.Local.Sales;

/// <summary>The sales file cannot be read; the message names the file, the line and what is expected there.</summary>
public sealed class SalesFileException(string message, Exception? inner = null) : Exception(message, inner);
