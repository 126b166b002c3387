using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Local.GoogleEmulator.DataManager;
using OpsMantik.Local.GoogleEmulator.GoogleAds;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>
/// Google's consent page and OAuth token endpoint, Google Ads' <c>uploadClickConversions</c>, <c>uploadConversionAdjustments</c>,
/// <c>search</c> and <c>listAccessibleCustomers</c>, and the Data Manager API on loopback, as Google documents them: records what it receives and answers as a test sets it to. Thread-safe.
/// </summary>
public sealed class GoogleEmulator : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private readonly BehaviourRegistry _uploadBehaviours = new();
    private readonly BehaviourRegistry _statusBehaviours = new();
    private readonly BehaviourRegistry _tokenBehaviours = new();
    private readonly BehaviourRegistry _searchBehaviours = new();
    private readonly BehaviourRegistry _adjustmentBehaviours = new();
    private readonly EmulatorSettings _settings = new();
    private readonly EventProcessor _processor;
    private volatile Recording _recording;
    private bool _disposed;

    private GoogleEmulator(TimeProvider time, int port)
    {
        _recording = new(_settings);
        // The empty builder reads no settings of the process it runs in: a test's ASPNETCORE_URLS must not move it.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddRoutingCore();
        _app = builder.Build();

        var tokens = new AccessTokens(time);
        var executor = new BehaviourExecutor(time, _stopping.Token);
        var token = new TokenEndpoint(() => _recording, _settings, tokens, _tokenBehaviours, executor, time);
        _processor = new(_settings, time);
        var upload = new UploadEndpoint(() => Current, _settings, tokens, executor);
        var ingest = new IngestEndpoint(() => Current, _settings, tokens, _uploadBehaviours, executor, time);
        var status = new StatusEndpoint(() => Current, _settings, tokens, _statusBehaviours, executor, time);
        var search = new SearchEndpoint(() => Current, _settings, tokens, _searchBehaviours, executor, time);
        _app.UseRouting();
        _app.MapGet("/o/oauth2/v2/auth", token.ConsentAsync);
        _app.MapPost("/token", token.HandleAsync);
        _app.MapPost("/{version}/customers/{customerId}:uploadClickConversions", context =>
            upload.HandleAsync(context, _uploadBehaviours, body => ReceivedRows.OfUpload(body.Span, time)));
        _app.MapPost("/{version}/customers/{customerId}:uploadConversionAdjustments", context =>
            upload.HandleAsync(context, _adjustmentBehaviours, body => ReceivedRows.OfAdjustment(body.Span, time)));
        _app.MapPost("/{version}/customers/{customerId}/googleAds:search", search.HandleAsync);
        _app.MapGet("/{version}/customers:listAccessibleCustomers", search.ListAccessibleAsync);
        _app.MapPost("/v1/events:ingest", ingest.HandleAsync);
        _app.MapGet("/v1/requestStatus:retrieve", status.HandleAsync);
        ControlEndpoints.Map(_app, this);
    }

    /// <summary>For <c>GoogleAds__BaseAddress</c>.</summary>
    public Uri BaseAddress { get; private set; } = null!;

    /// <summary>For <c>GoogleAds__TokenUri</c>.</summary>
    public Uri TokenUri => new(BaseAddress, "token");

    /// <summary>For <c>Google__AuthorizationUri</c>.</summary>
    public Uri AuthorizationUri => new(BaseAddress, "o/oauth2/v2/auth");

    /// <summary>Where <c>v1/events:ingest</c> and <c>v1/requestStatus:retrieve</c> are.</summary>
    public Uri DataManagerBaseAddress => BaseAddress;

    /// <summary>What was counted, in order. Each read copies.</summary>
    public IReadOnlyList<AcceptedConversion> Accepted => Current.Accepted;

    /// <summary>The upload calls, in order of arrival. Each read copies.</summary>
    public IReadOnlyList<UploadCall> Calls => _recording.Calls;

    /// <summary>The calls of <c>uploadConversionAdjustments</c>, in order of arrival. Each read copies.</summary>
    public IReadOnlyList<UploadCall> AdjustmentCalls => _recording.AdjustmentCalls;

    /// <summary>The calls of <c>events:ingest</c>, in order of arrival. Each read copies.</summary>
    public IReadOnlyList<IngestCall> IngestCalls => _recording.IngestCalls;

    /// <summary>The calls of <c>requestStatus:retrieve</c>, in order of arrival. Each read copies.</summary>
    public IReadOnlyList<StatusCall> StatusCalls => _recording.StatusCalls;

    /// <summary>The calls of <c>googleAds:search</c>, in order of arrival. Each read copies.</summary>
    public IReadOnlyList<SearchCall> SearchCalls => _recording.SearchCalls;

    /// <summary>The calls of the token endpoint, in order of arrival. Each read copies.</summary>
    public IReadOnlyList<TokenCall> TokenCalls => _recording.TokenCalls;

    /// <summary>Every order id ever sent, with how often it was sent and counted. Each read copies.</summary>
    public IReadOnlyList<OrderCount> Orders => Current.Orders;

    /// <summary>Every counted conversion as it stands after its corrections. Each read copies.</summary>
    public IReadOnlyList<ConversionState> Conversions => Current.Conversions;

    /// <summary>How many conversions were counted in all; a correction is none.</summary>
    public long EffectCount => Current.AcceptedCount;

    /// <summary>Versions of the path that are answered; v23 to v26 unless set. Others are UNSUPPORTED_VERSION.</summary>
    public IReadOnlySet<string> SupportedVersions
    {
        get => _settings.SupportedVersions;
        set => _settings.SupportedVersions = value;
    }

    /// <summary>How late a refresh token containing <c>slow</c> is answered, on the given clock; 5 seconds unless set.</summary>
    public TimeSpan SlowTokenDelay
    {
        get => _settings.SlowTokenDelay;
        set => _settings.SlowTokenDelay = value;
    }

    /// <summary>Whether <see cref="UploadCall.Body"/> is kept; true unless set. A benchmark saves its memory.</summary>
    public bool KeepBodies
    {
        get => _settings.KeepBodies;
        set => _settings.KeepBodies = value;
    }

    /// <summary>
    /// Whether <see cref="Accepted"/> is kept; true unless set. Without it a million conversions still have their
    /// <see cref="Orders"/> and their <see cref="EffectCount"/>.
    /// </summary>
    public bool KeepAccepted
    {
        get => _settings.KeepAccepted;
        set => _settings.KeepAccepted = value;
    }

    /// <summary>
    /// How long a request is PROCESSING before its events are counted, on the given clock; 2 seconds unless set. Holds
    /// for requests already accepted, too.
    /// </summary>
    public TimeSpan ProcessingDelay
    {
        get => _settings.ProcessingDelay;
        set => _settings.ProcessingDelay = value;
    }

    /// <summary>Whether requests stay PROCESSING and uncounted for as long as this is set; false unless set.</summary>
    public bool NeverFinish
    {
        get => _settings.NeverFinish;
        set => _settings.NeverFinish = value;
    }

    /// <summary>Whether a status reports which events failed, as since v1.9, or only how many; true unless set.</summary>
    public bool StatusWithIndices
    {
        get => _settings.StatusWithIndices;
        set => _settings.StatusWithIndices = value;
    }

    /// <summary>
    /// Whether a violation's path starts with <c>events.events[3]</c>, as in an example of Google's guide to errors,
    /// instead of <c>events[3]</c>; false unless set.
    /// </summary>
    public bool NestedEventPaths
    {
        get => _settings.NestedEventPaths;
        set => _settings.NestedEventPaths = value;
    }

    /// <summary>
    /// Requests a project may send in a minute, reads and writes apart; null, as at the start: no limit. A project is
    /// an OAuth client id, or the domain of a service account.
    /// </summary>
    public int? RequestsPerMinute
    {
        get => _settings.RequestsPerMinute;
        set => _settings.RequestsPerMinute = value;
    }

    /// <summary>The same for a day of UTC.</summary>
    public int? RequestsPerDay
    {
        get => _settings.RequestsPerDay;
        set => _settings.RequestsPerDay = value;
    }

    /// <summary>Most rows of one page of a search; Google's own 10,000 unless set.</summary>
    public int SearchPageRows
    {
        get => _settings.SearchPageRows;
        set => _settings.SearchPageRows = value;
    }

    /// <param name="time">Clock of token expiry and of all delays; the system's unless given.</param>
    /// <param name="port">Port on 127.0.0.1; 0 takes a free one.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<GoogleEmulator> StartAsync(
        TimeProvider? time = null, int port = 0, CancellationToken cancellationToken = default)
    {
        var emulator = new GoogleEmulator(time ?? TimeProvider.System, port);
        try
        {
            await emulator._app.StartAsync(cancellationToken);
            emulator.BaseAddress = new(emulator._app.Urls.Single());
            return emulator;
        }
        catch
        {
            await emulator.DisposeAsync();
            throw;
        }
    }

    /// <summary>How often one order id was sent and counted; zeros when it never came.</summary>
    public OrderCount OrderOf(string customerId, string orderId) => Current.LedgerOf(customerId).Find(orderId);

    /// <summary>The counted conversion of an order id as it stands; null when none was counted.</summary>
    public ConversionState? ConversionOf(string customerId, string orderId) =>
        Current.LedgerOf(customerId).Conversions.FirstOrDefault(conversion => conversion.OrderId == orderId);

    /// <summary>Tells when a click was: from now on, until a reset, a conversion of it before that time is refused.</summary>
    public void SetClickTime(string clickId, DateTimeOffset time) => _recording.Clicks.Set(clickId, time);

    /// <summary>Makes an account one that takes no hashed identifiers, until a reset.</summary>
    /// <param name="customerId">The account.</param>
    /// <param name="code">
    /// What every conversion with identifiers is refused with: an enum name of the Google Ads API, such as
    /// <c>CUSTOMER_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS</c>, or in processing a reason of Data Manager, such as
    /// <c>DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED</c>.
    /// </param>
    public void RefuseIdentifiers(string customerId, string code) => _recording.IdentifierErrors[customerId] = code;

    /// <summary>Says how an account is set up, until a reset. One that nobody told of is set up as it should be.</summary>
    public void SetAccount(string customerId, AdsAccount account) => _recording.Accounts[customerId] = account;

    /// <summary>Sets how calls are answered from now on, when nothing is queued.</summary>
    /// <param name="customerId">Null: every customer without a behaviour of its own.</param>
    /// <param name="behaviour">How they are answered.</param>
    /// <param name="target">Which calls.</param>
    public void SetBehaviour(
        string? customerId, CallBehaviour behaviour, CallTarget target = CallTarget.Upload) =>
        BehavioursFor(target).Set(customerId, behaviour);

    /// <summary>Sets how the next calls are answered, before any behaviour that was set.</summary>
    /// <param name="customerId">Null: the next calls of whichever customer has none queued of its own.</param>
    /// <param name="behaviour">How they are answered.</param>
    /// <param name="times">How many calls, from 1.</param>
    /// <param name="target">Which calls.</param>
    public void QueueBehaviour(
        string? customerId, CallBehaviour behaviour, int times = 1, CallTarget target = CallTarget.Upload) =>
        BehavioursFor(target).Enqueue(customerId, behaviour, times);

    /// <summary>Forgets the request ids given out so far; their events are counted all the same.</summary>
    public void ForgetRequests() => _recording.Ingested.Forget();

    /// <summary>Forgets what was received and counted, and the behaviours set. Access tokens stay valid: clients cache them.</summary>
    public void Reset()
    {
        _uploadBehaviours.Clear();
        _statusBehaviours.Clear();
        _tokenBehaviours.Clear();
        _searchBehaviours.Clear();
        _adjustmentBehaviours.Clear();
        _recording = new(_settings);
    }

    /// <summary>Stops listening and ends the calls that hang.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        await _stopping.CancelAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private Recording Current
    {
        get
        {
            var recording = _recording;
            _processor.ProcessDue(recording);
            return recording;
        }
    }

    private BehaviourRegistry BehavioursFor(CallTarget target) => target switch
    {
        CallTarget.Status => _statusBehaviours,
        CallTarget.Token => _tokenBehaviours,
        CallTarget.Search => _searchBehaviours,
        CallTarget.Adjustment => _adjustmentBehaviours,
        _ => _uploadBehaviours,
    };
}
