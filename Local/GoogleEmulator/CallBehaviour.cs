using System.Globalization;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>How a whole call is answered: a kind and its parameters.</summary>
public sealed record CallBehaviour
{
    private CallBehaviour(BehaviourKind kind) => Kind = kind;

    public BehaviourKind Kind { get; }

    /// <summary>The latency, the interval of a drip, or the retry delay of a quota error.</summary>
    public TimeSpan Delay
    {
        get;
        private init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            field = value;
        }
    }

    /// <summary>Enum name of the error, for <see cref="BehaviourKind.BadRequest"/>.</summary>
    public string? Code { get; private init; }

    /// <summary>HTTP status, for <see cref="BehaviourKind.ServerError"/>.</summary>
    public int Status { get; private init; }

    /// <summary>Whether a <see cref="BehaviourKind.ServerError"/> has an HTML body.</summary>
    public bool Html { get; private init; }

    public static CallBehaviour Normal { get; } = new(BehaviourKind.Normal);

    public static CallBehaviour Hang { get; } = new(BehaviourKind.Hang);

    public static CallBehaviour HangAfterAccept { get; } = new(BehaviourKind.HangAfterAccept);

    public static CallBehaviour Cut { get; } = new(BehaviourKind.Cut);

    public static CallBehaviour CutAfterAccept { get; } = new(BehaviourKind.CutAfterAccept);

    public static CallBehaviour Garbage { get; } = new(BehaviourKind.Garbage);

    public static CallBehaviour TruncatedJson { get; } = new(BehaviourKind.TruncatedJson);

    public static CallBehaviour Unauthorized { get; } = new(BehaviourKind.Unauthorized);

    public static CallBehaviour Forbidden { get; } = new(BehaviourKind.Forbidden);

    public static CallBehaviour NotAllowlisted { get; } = new(BehaviourKind.NotAllowlisted);

    public static CallBehaviour Latency(TimeSpan delay) => new(BehaviourKind.Latency) { Delay = delay };

    public static CallBehaviour SlowDrip(TimeSpan interval) => new(BehaviourKind.SlowDrip) { Delay = interval };

    /// <param name="retryDelay">30 seconds unless given.</param>
    public static CallBehaviour QuotaTemporary(TimeSpan? retryDelay = null) =>
        new(BehaviourKind.QuotaTemporary) { Delay = retryDelay ?? TimeSpan.FromSeconds(30) };

    /// <param name="retryDelay">Until the quota is fresh; 12 hours unless given.</param>
    public static CallBehaviour QuotaDaily(TimeSpan? retryDelay = null) =>
        new(BehaviourKind.QuotaDaily) { Delay = retryDelay ?? TimeSpan.FromHours(12) };

    /// <param name="status">500 to 599.</param>
    /// <param name="html">A front end's page instead of Google's JSON.</param>
    public static CallBehaviour ServerError(int status = 503, bool html = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 500);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 599);
        return new(BehaviourKind.ServerError) { Status = status, Html = html };
    }

    /// <param name="code">Enum name, such as <c>INVALID_CUSTOMER_ID</c>.</param>
    public static CallBehaviour BadRequest(string code) => new(BehaviourKind.BadRequest) { Code = code };

    /// <summary>The behaviour of that kind, what is null taken from its defaults.</summary>
    internal static CallBehaviour Of(BehaviourKind kind, TimeSpan? delay, string? code, bool html) => kind switch
    {
        BehaviourKind.Latency => Latency(delay ?? TimeSpan.FromSeconds(1)),
        BehaviourKind.SlowDrip => SlowDrip(delay ?? TimeSpan.FromSeconds(1)),
        BehaviourKind.QuotaTemporary => QuotaTemporary(delay),
        BehaviourKind.QuotaDaily => QuotaDaily(delay),
        BehaviourKind.ServerError => ServerError(int.Parse(code ?? "503", CultureInfo.InvariantCulture), html),
        BehaviourKind.BadRequest => BadRequest(code ?? "INVALID_CUSTOMER_ID"),
        _ => new(kind),
    };
}

/// <summary>How a whole call is answered.</summary>
public enum BehaviourKind
{
    /// <summary>As Google does when nothing fails.</summary>
    Normal,

    /// <summary>As Normal, after a delay.</summary>
    Latency,

    /// <summary>As Normal, one byte of the body per interval.</summary>
    SlowDrip,

    /// <summary>Never an answer; nothing is counted.</summary>
    Hang,

    /// <summary>Counts the conversions, then never answers.</summary>
    HangAfterAccept,

    /// <summary>Breaks the connection before an answer; nothing is counted.</summary>
    Cut,

    /// <summary>Counts the conversions, then breaks the connection: the lost answer.</summary>
    CutAfterAccept,

    /// <summary>Status 200 with a page that is no JSON; nothing is counted.</summary>
    Garbage,

    /// <summary>Counts the conversions and answers 200, the JSON cut off within the partial failure if there is one.</summary>
    TruncatedJson,

    /// <summary>429 RESOURCE_TEMPORARILY_EXHAUSTED with a retry delay.</summary>
    QuotaTemporary,

    /// <summary>429 RESOURCE_EXHAUSTED: the day's operations are used up.</summary>
    QuotaDaily,

    /// <summary>500, 502 or 503, as JSON or as a front end's HTML page.</summary>
    ServerError,

    /// <summary>401 although the access token is good.</summary>
    Unauthorized,

    /// <summary>403 USER_PERMISSION_DENIED.</summary>
    Forbidden,

    /// <summary>400 with a given error.</summary>
    BadRequest,

    /// <summary>403 CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE: a project registered after Google closed the method to new ones.</summary>
    NotAllowlisted,
}

/// <summary>Which calls of a customer a behaviour is for.</summary>
public enum CallTarget
{
    /// <summary>Uploads of conversions: <c>uploadClickConversions</c> or <c>events:ingest</c>.</summary>
    Upload,

    /// <summary><c>requestStatus:retrieve</c>, by the operating account of the request asked for.</summary>
    Status,

    /// <summary>The token endpoint, by refresh token or service account instead of customer.</summary>
    Token,

    /// <summary><c>googleAds:search</c>.</summary>
    Search,

    /// <summary><c>uploadConversionAdjustments</c>.</summary>
    Adjustment,
}
