namespace OpsMantik.Cli.Doctor;

internal enum Health
{
    Ok,

    /// <summary>It works, and somebody should look at it; or it could not be looked at.</summary>
    Warn,

    /// <summary>The worker cannot do its work until it is put right.</summary>
    Fail,
}
