using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Local.GoogleEmulator.DataManager;
using OpsMantik.Local.GoogleEmulator.GoogleAds;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>
/// Google's OAuth token endpoint, Google Ads' <c>uploadClickConversions</c> and the Data Manager API on loopback, as
/// Google documents them, with a memory that tests read and faults that tests order. Thread-safe.
/// </summary>
public sealed partial class GoogleEmulator : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private readonly BehaviourRegistry _uploadBook = new();
    private readonly BehaviourRegistry _statusBook = new();
    private readonly BehaviourRegistry _tokenBook = new();
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
        var misbehaviour = new BehaviourExecutor(time, _stopping.Token);
        var token = new TokenEndpoint(() => _recording, _settings, tokens, _tokenBook, misbehaviour, time);
        _processor = new(_dataManager, time);
        var upload = new UploadEndpoint(() => Current, _settings, tokens, _uploadBook, misbehaviour);
        var ingest = new IngestEndpoint(
            () => Current, _settings, _dataManager, tokens, _uploadBook, misbehaviour, time);
        var status = new StatusEndpoint(() => Current, _dataManager, tokens, _statusBook, misbehaviour, time);
        _app.UseRouting();
        _app.MapPost("/token", token.HandleAsync);
        _app.MapPost("/{version}/customers/{customerId}:uploadClickConversions", upload.HandleAsync);
        _app.MapPost("/v1/events:ingest", ingest.HandleAsync);
        _app.MapGet("/v1/requestStatus:retrieve", status.HandleAsync);
        ControlEndpoints.Map(_app, this);
    }

    /// <summary>For <c>GoogleAds__BaseAddress</c>.</summary>
    public Uri BaseAddress { get; private set; } = null!;

    /// <summary>For <c>GoogleAds__TokenUri</c>.</summary>
    public Uri TokenUri => new(BaseAddress, "token");

    /// <summary>What was counted, in order. Each read copies.</summary>
    public IReadOnlyList<AcceptedConversion> Accepted => Current.Accepted;

    /// <summary>The upload calls, in order of arrival. Each read copies.</summary>
    public IReadOnlyList<UploadCall> Calls => _recording.Calls;

    /// <summary>The calls of the token endpoint, in order of arrival. Each read copies.</summary>
    public IReadOnlyList<TokenCall> TokenCalls => _recording.TokenCalls;

    /// <summary>Every order id ever sent, with how often it was sent and counted. Each read copies.</summary>
    public IReadOnlyList<OrderCount> Orders => Current.Orders;

    /// <summary>How many conversions were counted in all.</summary>
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

    /// <summary>What became of one order id; zeros when it never came.</summary>
    public OrderCount OrderOf(string customerId, string orderId) => Current.LedgerOf(customerId).Find(orderId);

    /// <summary>From now on calls are answered so, when nothing is queued.</summary>
    /// <param name="customerId">Null: every customer without a behaviour of its own.</param>
    /// <param name="behaviour">How.</param>
    /// <param name="target">Which calls.</param>
    public void SetBehaviour(
        string? customerId, CallBehaviour behaviour, CallTarget target = CallTarget.Upload) =>
        BookOf(target).Set(customerId, behaviour);

    /// <summary>The next calls are answered so, before any standing behaviour.</summary>
    /// <param name="customerId">Null: the next calls of whichever customer has none queued of its own.</param>
    /// <param name="behaviour">How.</param>
    /// <param name="times">How many calls, from 1.</param>
    /// <param name="target">Which calls.</param>
    public void QueueBehaviour(
        string? customerId, CallBehaviour behaviour, int times = 1, CallTarget target = CallTarget.Upload) =>
        BookOf(target).Enqueue(customerId, behaviour, times);

    /// <summary>Forgets what was received, counted and ordered. Access tokens stay valid: clients cache them.</summary>
    public void Reset()
    {
        _uploadBook.Clear();
        _statusBook.Clear();
        _tokenBook.Clear();
        _recording = new(_settings);
    }

    private Recording Current
    {
        get
        {
            var recording = _recording;
            _processor.CatchUp(recording);
            return recording;
        }
    }

    private BehaviourRegistry BookOf(CallTarget target) => target switch
    {
        CallTarget.Status => _statusBook,
        CallTarget.Token => _tokenBook,
        _ => _uploadBook,
    };

    /// <summary>Stops listening and ends the calls that hang.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        await _stopping.CancelAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }
}

/// <summary>What a test may turn while the emulator runs.</summary>
internal sealed class EmulatorSettings
{
    public IReadOnlySet<string> SupportedVersions { get; set; } =
        new HashSet<string> { "v23", "v24", "v25", "v26" };

    public TimeSpan SlowTokenDelay { get; set; } = TimeSpan.FromSeconds(5);

    public bool KeepBodies { get; set; } = true;

    public bool KeepAccepted { get; set; } = true;
}

/// <summary>What became of one order id of one customer.</summary>
/// <param name="Deliveries">How often it was sent, whatever the answer was; a repeat within one request counts.</param>
/// <param name="Counted">How often it was counted as a conversion; above 1, a sale was counted twice.</param>
public sealed record OrderCount(string CustomerId, string OrderId, int Deliveries, int Counted);
