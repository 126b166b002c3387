using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NCrontab;
using OpsMantik.Testbed.Hosting.Protocol;
using Message = OpsMantik.Testbed.Hosting.Protocol.StreamingMessage;

namespace OpsMantik.Testbed.Hosting;

/// <summary>
/// A double of the Azure Functions host: starts a published function app as the host does, speaks the host's protocol to it,
/// passes HTTP requests on and fires timers. It leaves out the portal's keys, storage (so no timer catches up on what it missed,
/// and two hosts do not coordinate), placeholders, and the restart of a worker that dies.
/// </summary>
public sealed class FunctionsHost : IAsyncDisposable
{
    private const int KeptLines = 2_000;

    private static readonly TimeSpan WorkerTimeout = TimeSpan.FromMinutes(1);

    private readonly FunctionAppFolder _folder;
    private readonly IReadOnlyDictionary<string, string?> _settings;
    private readonly WorkerChannel _channel;
    private readonly WebApplication _server;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<string> _output = [];
    private readonly ConcurrentQueue<HostLog> _logs = [];
    private readonly ConcurrentQueue<Invocation> _invocations = [];
    private Process? _process;
    private HttpProxy? _proxy;

    private FunctionsHost(string folder, IReadOnlyDictionary<string, string?> settings)
    {
        (_folder, _settings) = (new FunctionAppFolder(folder), settings);
        _channel = new WorkerChannel(Keep);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(
            options => options.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Services.AddSingleton(_channel);
        builder.Services.AddGrpc(options => (options.MaxReceiveMessageSize, options.MaxSendMessageSize) = (null, null));
        _server = builder.Build();
        _server.MapGrpcService<WorkerChannel>();
    }

    /// <summary>Where callers reach the HTTP functions.</summary>
    public Uri Address => _proxy!.Address;

    /// <summary>What the worker declares, in its order.</summary>
    public IReadOnlyList<HostedFunction> Functions { get; private set; } = [];

    /// <summary>The capabilities that the worker reports.</summary>
    public IReadOnlyDictionary<string, string> Capabilities { get; private set; } = new Dictionary<string, string>();

    /// <summary>The last 2,000 records that the worker logged through the host.</summary>
    public IReadOnlyList<HostLog> Logs => [.. _logs];

    /// <summary>The last 2,000 lines that the worker printed.</summary>
    public IReadOnlyList<string> Output => [.. _output];

    /// <summary>The last 2,000 invocations that ended, of HTTP functions too.</summary>
    public IReadOnlyList<Invocation> Invocations => [.. _invocations];

    /// <summary>Whether anything it logged or printed holds a secret. Every secret of a testbed contains the word CANARY.</summary>
    public bool LeakedSecret { get; private set; }

    /// <summary>When the worker's process was started, by <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public long ProcessStarted { get; private set; }

    public int ProcessId => _process!.Id;

    /// <summary>Starts the app and returns when the host knows its functions and the worker has loaded them.</summary>
    /// <param name="appFolder">What was published.</param>
    /// <param name="settings">The app's settings; a colon in a name stands for two underscores.</param>
    /// <param name="runSchedules">Fires the timers when they are due.</param>
    /// <exception cref="WorkerStartException">It did not come up within a minute, or cannot.</exception>
    public static async Task<FunctionsHost> StartAsync(
        string appFolder, IReadOnlyDictionary<string, string?> settings, bool runSchedules = false)
    {
        var host = new FunctionsHost(appFolder, settings);
        try
        {
            await host.StartWorkerAsync();
            if (runSchedules)
                host.RunSchedules();
            return host;
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or InvalidOperationException)
        {
            if (host._process is not null)
                await Task.WhenAny(host._process.WaitForExitAsync(), Task.Delay(TimeSpan.FromSeconds(1)));
            int? exitCode = host._process is { HasExited: true } ended ? ended.ExitCode : null;
            await host.DisposeAsync();
            throw new WorkerStartException(error, exitCode, [.. host.Output, .. host.Logs.Select(record => record.ToString())]);
        }
    }

    /// <summary>Runs a timer now, as its schedule and the portal do.</summary>
    /// <param name="traceParent">The span that the run belongs to; null creates one.</param>
    /// <param name="cancel">Cancels the invocation, as a host that stops does; its end is waited for all the same.</param>
    /// <exception cref="IOException">The worker ended before it answered.</exception>
    public Task<Invocation> InvokeAsync(string function, string? traceParent = null, CancellationToken cancel = default)
    {
        var timer = Functions.Single(candidate => candidate.Name == function);
        return InvokeAsync(
            timer,
            Guid.NewGuid().ToString(),
            new TypedData { Json = """{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}""" },
            traceParent,
            cancel);
    }

    /// <summary>Ends the worker as a host does that stops: a message, then the wait for its end.</summary>
    /// <returns>Its exit code, and how long it took.</returns>
    /// <exception cref="TimeoutException">It did not end within a minute.</exception>
    public async Task<(int ExitCode, TimeSpan Took)> TerminateAsync()
    {
        var started = Stopwatch.GetTimestamp();
        await _stopping.CancelAsync();
        _channel.Terminate();
        var code = await WaitForExitAsync();
        return (code, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>Sends the worker a SIGTERM, as a system does that stops.</summary>
    public async Task SignalAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", ProcessId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <returns>The worker's exit code.</returns>
    /// <exception cref="TimeoutException">It did not end within a minute.</exception>
    public async Task<int> WaitForExitAsync()
    {
        await _process!.WaitForExitAsync().WaitAsync(WorkerTimeout);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_process is not null)
        {
            if (!_process.HasExited)
                _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _channel.Fail(new IOException("The host has ended."));
        if (_proxy is not null)
            await _proxy.DisposeAsync();
        await _server.DisposeAsync();
        _stopping.Dispose();
    }

    public override string ToString() => "[redacted]";

    internal Task<Invocation> InvokeHttpAsync(
        HostedFunction function, string id, string? traceParent, CancellationToken clientAborted) =>
        InvokeAsync(function, id, new TypedData { Http = new RpcHttp() }, traceParent, clientAborted);

    private async Task StartWorkerAsync()
    {
        using var timeout = new CancellationTokenSource(WorkerTimeout);
        await _server.StartAsync(timeout.Token);
        StartProcess(_folder.Command(new Uri(_server.Urls.Single()), Guid.NewGuid().ToString(), _settings));
        await _channel.Started.WaitAsync(timeout.Token);
        var init = await _channel.RequestAsync(
            new Message { WorkerInitRequest = new WorkerInitRequest { HostVersion = "4.1037.0.0" } }, timeout.Token);
        Capabilities = init.WorkerInitResponse.Capabilities;
        var metadata = await _channel.RequestAsync(
            new Message { FunctionsMetadataRequest = new FunctionsMetadataRequest { FunctionAppDirectory = _folder.Path } },
            timeout.Token);
        foreach (var function in metadata.FunctionMetadataResponse.FunctionMetadataResults)
        {
            var loaded = await _channel.RequestAsync(
                new Message { FunctionLoadRequest = new FunctionLoadRequest { FunctionId = function.FunctionId, Metadata = function } },
                timeout.Token);
            if (loaded.FunctionLoadResponse.Result.Status != StatusResult.Types.Status.Success)
                throw new InvalidOperationException(
                    $"{function.Name} cannot be loaded: {loaded.FunctionLoadResponse.Result.Exception?.Message}");
        }

        Functions = [.. metadata.FunctionMetadataResponse.FunctionMetadataResults.Select(HostedFunction.From)];
        foreach (var timer in Functions.Where(function => function.Schedule is not null))
            ScheduleOf(timer);
        _proxy = new HttpProxy(
            this, new Uri(Capabilities["HttpUri"]), _folder.RoutePrefix, _folder.CustomHeaders, Functions.Where(function => !IsOff(function)));
        await _proxy.StartAsync();
    }

    private void StartProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Exited += (_, _) => _channel.Fail(new IOException("The worker has ended."));
        ProcessStarted = Stopwatch.GetTimestamp();
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private async Task<Invocation> InvokeAsync(
        HostedFunction function, string id, TypedData input, string? traceParent, CancellationToken cancel)
    {
        var span = traceParent ?? $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-01";
        var request = new InvocationRequest
        {
            InvocationId = id,
            FunctionId = function.Id,
            InputData = { new ParameterBinding { Name = function.Parameter, Data = input } },
            TraceContext = new RpcTraceContext { TraceParent = span },
        };
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, _stopping.Token);
        if (_folder.FunctionTimeout is { } timeout)
            either.CancelAfter(timeout);
        var answer = await _channel.InvokeAsync(request, either.Token);
        var invocation = new Invocation(
            id,
            function.Name,
            answer.Result.Status.ToString(),
            answer.Result.Exception is { } thrown ? $"{thrown.Type} {thrown.Message} {thrown.StackTrace}".Trim() : null,
            span);
        Enqueue(_invocations, invocation);
        CheckForSecret(invocation.Exception);
        return invocation;
    }

    private CrontabSchedule ScheduleOf(HostedFunction timer)
    {
        var text = timer.Schedule!;
        if (text is ['%', .. var name, '%'])
        {
            text = _settings.GetValueOrDefault(name) is { Length: > 0 } value
                ? value
                : throw new InvalidOperationException($"{timer.Name}: '%{name}%' does not resolve to a value.");
        }

        return CrontabSchedule.Parse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = true });
    }

    private bool IsOff(HostedFunction function) =>
        _settings.GetValueOrDefault($"AzureWebJobs.{function.Name}.Disabled") is "true" or "1"
        || _settings.GetValueOrDefault($"AzureWebJobs:{function.Name}:Disabled") is "true" or "1";

    private void RunSchedules()
    {
        foreach (var timer in Functions.Where(function => function.Schedule is not null && !IsOff(function)))
            _ = RunAsync(timer, ScheduleOf(timer), TimeProvider.System);
    }

    private async Task RunAsync(HostedFunction timer, CrontabSchedule schedule, TimeProvider time)
    {
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                var now = time.GetUtcNow().UtcDateTime;
                await Task.Delay(schedule.GetNextOccurrence(now) - now, time, _stopping.Token);
                await InvokeAsync(timer.Name);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The host or the worker ends.
        }
    }

    private void Keep(HostLog record)
    {
        Enqueue(_logs, record);
        CheckForSecret(record.ToString());
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        Enqueue(_output, line);
        CheckForSecret(line);
    }

    private void CheckForSecret(string? text) => LeakedSecret |= text?.Contains("CANARY", StringComparison.OrdinalIgnoreCase) is true;

    private static void Enqueue<T>(ConcurrentQueue<T> queue, T item)
    {
        queue.Enqueue(item);
        while (queue.Count > KeptLines)
            queue.TryDequeue(out _);
    }
}

/// <summary>The function app did not come up.</summary>
public sealed class WorkerStartException(Exception reason, int? exitCode, IReadOnlyList<string> lines)
    : Exception($"The function app does not run: {reason.Message}\n{string.Join('\n', lines)}", reason)
{
    /// <summary>Null where it was still running, and was ended.</summary>
    public int? ExitCode { get; } = exitCode;

    /// <summary>What it printed, and what it logged through the host.</summary>
    public IReadOnlyList<string> Lines { get; } = lines;
}
