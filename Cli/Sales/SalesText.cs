using System.Text;

namespace OpsMantik.Cli.Sales;

/// <summary>The text of a sales file, in the encoding that its bytes show.</summary>
/// <param name="Encoding">What it is read with.</param>
/// <param name="Name">What a person calls it.</param>
internal sealed record SalesText(FileInfo File, Encoding Encoding, string Name)
{
    // The letters in which Windows-1254 differs from Windows-1252: İ ı Ş ş Ğ ğ. There they would be Icelandic.
    private static readonly byte[] TurkishLetters = [0xDD, 0xFD, 0xDE, 0xFE, 0xD0, 0xF0];

    /// <param name="encoding">What the caller knows better; null to look.</param>
    /// <exception cref="OperatorException">It cannot be read, or is a spreadsheet.</exception>
    public static SalesText Open(FileInfo file, string? encoding)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        try
        {
            using var stream = file.OpenRead();
            Span<byte> start = stackalloc byte[8];
            start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
            if (start.StartsWith("PK"u8) || start.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0]))
                throw new OperatorException($"{file.Name} is a spreadsheet: save it as CSV (UTF-8) and give that file.");
            if (encoding is not null)
                return new SalesText(file, Find(encoding), encoding);
            if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
                return new SalesText(file, Encoding.Unicode, "UTF-16");
            if (start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
                return new SalesText(file, Encoding.BigEndianUnicode, "UTF-16");
            if (start.Length > 3 && start[1] == 0 && start[3] == 0)
                return new SalesText(file, Encoding.Unicode, "UTF-16");
            stream.Position = 0;
            return IsUtf8(stream, out var isTurkish) ? new SalesText(file, Encoding.UTF8, "UTF-8")
                : isTurkish ? new SalesText(file, Encoding.GetEncoding(1254), "Windows-1254")
                : new SalesText(file, Encoding.GetEncoding(1252), "Windows-1252");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{file} cannot be read: {exception.Message}");
        }
    }

    public StreamReader NewReader() => new(File.FullName, Encoding, detectEncodingFromByteOrderMarks: true);

    private static Encoding Find(string name)
    {
        try
        {
            return Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            throw new OperatorException($"--encoding: there is no encoding {name}; use utf-8, utf-16, windows-1252 or windows-1254.");
        }
    }

    private static bool IsUtf8(Stream stream, out bool isTurkish)
    {
        var decoder = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();
        var (bytes, chars, valid) = (new byte[64 * 1024], new char[64 * 1024 + 4], true);
        isTurkish = false;
        for (var read = stream.Read(bytes); read > 0; read = stream.Read(bytes))
        {
            isTurkish |= bytes.AsSpan(0, read).IndexOfAny(TurkishLetters) >= 0;
            try
            {
                if (valid)
                    decoder.GetChars(bytes.AsSpan(0, read), chars, flush: false);
            }
            catch (DecoderFallbackException)
            {
                valid = false;
            }
        }

        return valid;
    }
}
