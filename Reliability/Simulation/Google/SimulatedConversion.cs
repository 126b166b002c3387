using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Reliability.Simulation.Google;

/// <summary>A counted conversion as it stands after its corrections.</summary>
internal sealed class SimulatedConversion(SaleValue value)
{
    private DateTimeOffset _restatedAt;

    public SaleValue Value { get; private set; } = value;

    /// <summary>It counts no more.</summary>
    public bool IsRetracted { get; private set; }

    /// <summary>Retracted, or restated to 0: what comes later is ignored without an error.</summary>
    public bool IsFinal { get; private set; }

    /// <returns>Google's name of why it is not taken; null when it is, or is ignored.</returns>
    public string? Correct(Correction correction)
    {
        if (IsFinal)
            return null;
        if (correction.Kind == CorrectionKind.Retract)
        {
            IsRetracted = IsFinal = true;
            return null;
        }

        if (correction.CorrectedAt == _restatedAt)
            return null;
        if (correction.CorrectedAt < _restatedAt)
            return "MORE_RECENT_RESTATEMENT_FOUND";
        _restatedAt = correction.CorrectedAt;
        Value = ValueOf(correction.NewValue!.Value);
        IsFinal = Value.Cents == 0;
        return null;
    }

    public static SaleValue ValueOf(Money money) => new(money.MinorUnits, money.Currency.Code);
}

/// <summary>A queued sale: what was asked for, against which effects are held.</summary>
/// <param name="Number">Its place in the world, for the trace.</param>
internal sealed record SimulatedSale(
    int Number, Guid RowId, GroupKey Group, string OrderId, string Click, DateTimeOffset Time, GoogleDecision Nature)
{
    /// <summary>Requests that carried it.</summary>
    public int Deliveries { get; set; }

    /// <summary>Requests that carried it although the provider had it.</summary>
    public int Duplicates { get; set; }

    /// <summary>Answers that count as attempts.</summary>
    public int AttemptsAnswered { get; set; }
}

/// <summary>What is true of a sale whatever happens to it on the way.</summary>
internal enum GoogleDecision
{
    Sound,

    /// <summary>The provider refuses it for good.</summary>
    Refused,

    /// <summary>Its payload cannot be read: it never leaves the worker.</summary>
    Unreadable,

    /// <summary>The provider wants it later.</summary>
    TooRecent,

    /// <summary>The provider stumbles over it every time, as over something that may pass.</summary>
    Hopeless,
}
