using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace OpsMantik.Core;

/// <summary>
/// Text of others as every outlet shows it. What a terminal obeys, what turns the direction of writing, what ends a line and what
/// nobody sees (control, format and separator characters, halves of surrogate pairs) is written as JSON writes it: <c>\u202E</c>.
/// </summary>
public static class VisibleText
{
    /// <summary>For an outlet that makes the ends of its lines itself.</summary>
    public static string Escape(string text) => Escape(text, keepLines: false);

    /// <summary>For one whose text may have lines and tabs of its own.</summary>
    public static string EscapeLines(string text) => Escape(text, keepLines: true);

    private static string Escape(string text, bool keepLines)
    {
        // Nearly all text is plain.
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        StringBuilder? shown = null;
        for (var at = 0; at < text.Length;)
        {
            var length = char.IsSurrogatePair(text, at) ? 2 : 1;
            if (!IsHidden(text, at) || (keepLines && IsOfLines(text, at)))
            {
                shown?.Append(text, at, length);
            }
            else
            {
                shown ??= new StringBuilder(text, 0, at, text.Length + 16);
                for (var unit = at; unit < at + length; unit++)
                    shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[unit]:X4}");
            }

            at += length;
        }

        return shown?.ToString() ?? text;
    }

    // A carriage return alone writes over the line.
    private static bool IsOfLines(string text, int at) =>
        text[at] is '\n' or '\t' || (text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n');

    private static bool IsHidden(string text, int at) => CharUnicodeInfo.GetUnicodeCategory(text, at)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate;
}

/// <summary>
/// Hands every log line to console, telemetry and host with its texts made visible: no value begins a line of its own, or commands
/// the terminal that shows it.
/// </summary>
internal sealed class VisibleLogs(ILoggerFactory inner) : ILoggerFactory
{
    // Those of the web server hold the caller's path and ids that its span has too, in each line of a run.
    public ILogger CreateLogger(string categoryName) =>
        new Log(inner.CreateLogger(categoryName), hasScopes: !categoryName.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal));

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose() => inner.Dispose();

    private sealed class Log(ILogger inner, bool hasScopes) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => hasScopes ? inner.BeginScope(state) : null;

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        void ILogger.Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!inner.IsEnabled(logLevel))
                return;
            var written = formatter(state, exception);
            var shown = VisibleText.Escape(written);
            var error = VisibleException.Of(exception);
            if (ReferenceEquals(shown, written) && ReferenceEquals(error, exception))
                inner.Log(logLevel, eventId, state, exception, formatter);
            else
                inner.Log(logLevel, eventId, new Values(shown, state), error, static (values, _) => values.Message);
        }
    }

    /// <summary>The values of a line, which telemetry keeps beside its text.</summary>
    private sealed class Values(string message, object? state) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        private readonly IReadOnlyList<KeyValuePair<string, object?>> _all =
        [
            .. (state as IEnumerable<KeyValuePair<string, object?>> ?? []).Select(value => value.Value is string text
                ? KeyValuePair.Create<string, object?>(value.Key, VisibleText.Escape(text))
                : value),
        ];

        public string Message => message;

        public int Count => _all.Count;

        public KeyValuePair<string, object?> this[int index] => _all[index];

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _all.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => message;
    }

    /// <summary>Stands for an exception whose text has something hidden in it.</summary>
    private sealed class VisibleException(string message, string text) : Exception(message)
    {
        /// <returns>The exception itself, where nothing is hidden; its stack trace has lines of its own.</returns>
        public static Exception? Of(Exception? exception)
        {
            var written = exception?.ToString();
            var shown = written is null ? null : VisibleText.EscapeLines(written);
            return ReferenceEquals(shown, written)
                ? exception
                : new VisibleException($"{exception!.GetType().Name}: {VisibleText.Escape(exception.Message)}", shown!);
        }

        public override string ToString() => text;
    }
}

/// <summary>
/// JSON whose every text is Unicode. The parser lets broken UTF-8 and halves of surrogate pairs pass, and throws only
/// when somebody reads the text.
/// </summary>
public static class UnicodeJson
{
    /// <param name="utf8">Must not change while the document is in use.</param>
    /// <exception cref="JsonException">It is no JSON, or has a text that cannot be read.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, JsonDocumentOptions options = default)
    {
        ReadTexts(utf8.Span, options.MaxDepth);
        return JsonDocument.Parse(utf8, options);
    }

    // Into a buffer that is cleared, not into strings: the texts of credentials are secrets.
    private static void ReadTexts(ReadOnlySpan<byte> utf8, int maxDepth)
    {
        var text = ArrayPool<byte>.Shared.Rent(utf8.Length);
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = maxDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                    reader.CopyString(text);
            }
        }
        catch (InvalidOperationException)
        {
            throw new JsonException("A text is not Unicode.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
            ArrayPool<byte>.Shared.Return(text);
        }
    }
}
