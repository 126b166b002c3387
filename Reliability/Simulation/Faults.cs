using System.Data.Common;

namespace OpsMantik.Reliability.Simulation;

/// <summary>How likely each fault is in one simulated world, per occasion for it. Drawn by the seed.</summary>
internal sealed record FaultPlan
{
    public static readonly FaultPlan None = new();

    /// <summary>A worker dies before its next step.</summary>
    public double Crash { get; private init; }

    /// <summary>A worker stands still for minutes, with its clock or without.</summary>
    public double Stall { get; private init; }

    /// <summary>A worker's wall clock is set to another hour.</summary>
    public double ClockJump { get; private init; }

    /// <summary>The host asks a worker's runs to stop.</summary>
    public double Stop { get; private init; }

    /// <summary>The store refuses a call, which then did nothing.</summary>
    public double StoreRefuses { get; private init; }

    /// <summary>The store did what it was asked to, and its acknowledgement is lost.</summary>
    public double AcknowledgementLost { get; private init; }

    /// <summary>The provider got a request, and its answer is lost: cut, or hanging until the timeout.</summary>
    public double AnswerLost { get; private init; }

    /// <summary>The provider does not get a request, and nothing comes back until the timeout.</summary>
    public double Unreachable { get; private init; }

    /// <summary>The provider refuses a request for a reason that may pass.</summary>
    public double Refused { get; private init; }

    /// <summary>The provider refuses some rows of a request for a reason that may pass.</summary>
    public double Partial { get; private init; }

    /// <summary>A site's credentials are refused.</summary>
    public double Unauthorized { get; private init; }

    /// <summary>The provider's code throws.</summary>
    public double Bug { get; private init; }

    /// <summary>A site is down for a while.</summary>
    public double SiteDown { get; private init; }

    /// <summary>An operator recovers what is older than a minute, live workers' rows too.</summary>
    public double RecoveryByHand { get; private init; }

    /// <summary>One seed in eight has no faults at all; the others have each fault with even odds.</summary>
    public static FaultPlan Draw(Random random)
    {
        if (random.Next(8) == 0)
            return None;
        return new FaultPlan
        {
            Crash = UpTo(0.01),
            Stall = UpTo(0.01),
            ClockJump = UpTo(0.02),
            Stop = UpTo(0.01),
            StoreRefuses = UpTo(0.15),
            AcknowledgementLost = UpTo(0.15),
            AnswerLost = UpTo(0.3),
            Unreachable = UpTo(0.2),
            Refused = UpTo(0.3),
            Partial = UpTo(0.3),
            Unauthorized = UpTo(0.02),
            Bug = UpTo(0.05),
            SiteDown = UpTo(0.02),
            RecoveryByHand = UpTo(0.01),
        };

        double UpTo(double most) => random.Next(2) == 0 ? 0 : most * random.NextDouble();
    }
}

/// <summary>The store's failure, as a driver reports it.</summary>
internal sealed class SimulatedStoreException(string message, bool transient) : DbException(message)
{
    public override bool IsTransient { get; } = transient;
}
