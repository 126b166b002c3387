using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace OpsMantik.Web.StatusPage;

/// <summary>
/// HTML that is safe to send. It is made from interpolated texts only: what stands in the text goes in as it is, what is
/// put into its holes is escaped, unless it is markup itself.
/// </summary>
internal sealed class Markup
{
    public static readonly Markup Empty = new("");

    // Names in any script stay readable; what HTML gives a meaning, and what cannot be seen, is written as a number.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly string _text;

    private Markup(string text) => _text = text;

    public static Markup Of(Builder builder) => new(builder.ToText());

    public static Markup Join(IEnumerable<Markup> parts) => new(string.Concat(parts));

    /// <summary>A file of our own that needs no escaping, such as a style sheet.</summary>
    public static Markup Trusted(string text) => new(text);

    public override string ToString() => _text;

    /// <summary>Collects an interpolated text.</summary>
    [InterpolatedStringHandler]
    internal readonly struct Builder
    {
        private readonly StringBuilder _text;

        public Builder(int literals, int holes) => _text = new StringBuilder(literals + (holes * 16));

        public void AppendLiteral(string text) => _text.Append(text);

        public void AppendFormatted(Markup? markup) => _text.Append(markup);

        public void AppendFormatted(string? text) => _text.Append(text is null ? null : Encoder.Encode(text));

        public void AppendFormatted<T>(T value, string? format = null)
            where T : struct, IFormattable => AppendFormatted(value.ToString(format, CultureInfo.InvariantCulture));

        public string ToText() => _text.ToString();
    }
}
