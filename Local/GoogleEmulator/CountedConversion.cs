namespace OpsMantik.Local.GoogleEmulator;

/// <summary>
/// A conversion of an account as it stands after its corrections. Its ledger guards it: not thread-safe of itself.
/// </summary>
internal sealed class CountedConversion(ClickIdentity click, bool isWbraid, string? orderId, decimal? value, string? currency)
{
    private long _adjustedTicks;

    public ClickIdentity Click => click;

    public string? OrderId => orderId;

    /// <summary>Sent with a wbraid, which Google adjusts none of.</summary>
    public bool IsWbraid => isWbraid;

    /// <summary>Retracted, or restated to 0: from now on corrections are ignored without an error (support answer 7686447).</summary>
    public bool IsFinal { get; private set; }

    public decimal? Value { get; private set; } = value;

    public string? Currency { get; private set; } = currency;

    public bool IsRetracted { get; private set; }

    /// <summary>Corrections that changed it.</summary>
    public int Adjustments { get; private set; }

    public void Retract()
    {
        if (IsFinal)
            return;
        (IsRetracted, IsFinal, Value) = (true, true, 0);
        Adjustments++;
    }

    /// <summary>Enum name of why it is not restated; null when it is, or when Google ignores it.</summary>
    /// <param name="value">The new value.</param>
    /// <param name="currency">Null: it keeps its currency (inference: Google takes the action's).</param>
    /// <param name="at">When the sale changed; a repetition is recognised by it.</param>
    public string? Restate(decimal value, string? currency, DateTimeOffset at)
    {
        if (IsFinal || at.UtcTicks == _adjustedTicks)
            return null;
        if (at.UtcTicks < _adjustedTicks)
            return "MORE_RECENT_RESTATEMENT_FOUND";
        _adjustedTicks = at.UtcTicks;
        Overwrite(value, currency);
        IsFinal = value == 0;
        return null;
    }

    /// <summary>Data Manager: the same event again, perhaps with another value. One without a value changes none.</summary>
    public void Repeat(decimal? value, string? currency)
    {
        if (IsFinal || value is null || (value == Value && currency == Currency))
            return;
        Overwrite(value.Value, currency);
        IsFinal = value == 0;
    }

    public ConversionState ToState(string customerId) =>
        new(customerId, click.Action, orderId, click.ClickId, Value, Currency, IsRetracted, Adjustments);

    private void Overwrite(decimal value, string? currency)
    {
        (Value, Currency) = (value, string.IsNullOrEmpty(currency) ? Currency : currency);
        Adjustments++;
    }
}

/// <summary>A counted conversion as it stands after every correction.</summary>
/// <param name="CustomerId">The account, ten digits.</param>
/// <param name="ConversionAction">Resource name, <c>customers/…/conversionActions/…</c>.</param>
/// <param name="OrderId">Order id or transaction id as sent; null when it had none.</param>
/// <param name="ClickId">The click id; where there was none the first hashed identifier.</param>
/// <param name="Value">In units of the currency, as last sent; 0 once it is retracted.</param>
/// <param name="Currency">ISO 4217; null when none was ever sent.</param>
/// <param name="IsRetracted">It counts no more. A value restated to 0 leaves it counted.</param>
/// <param name="Adjustments">How many corrections changed it; repetitions and what Google ignores are none.</param>
public sealed record ConversionState(
    string CustomerId,
    string ConversionAction,
    string? OrderId,
    string ClickId,
    decimal? Value,
    string? Currency,
    bool IsRetracted,
    int Adjustments);
