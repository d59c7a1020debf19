using System.IO.Pipelines;
using System.Net;
using System.Text;
using LogPipeline.Configuration;
using LogPipeline.Indexing;
using LogPipeline.Indexing.Connections;
using LogPipeline.Observability;

namespace LogPipeline.Tests.Simulation.Storing;

/// <summary>
/// A store behind HTTP, reached by the pipeline's own sender: requests are answered in any order, late, wrongly, in part, twice or not at all. Everything happens
/// on the simulation's thread and by its clock and chance.
/// </summary>
internal sealed class HttpStore : ISimulatedStore
{
    private static readonly StoreFault[] All = [.. Enum.GetValues<StoreFault>().Where(trouble => trouble != StoreFault.None)];

    private readonly Random _random;
    private readonly Coverage _coverage;
    private readonly SimulatedTime _time;
    private readonly StoreIndices _indices;
    private readonly StoreFault[] _troubles;
    private readonly List<SimulatedRequest> _underWay = [];
    private readonly List<string> _conflicts = [];
    private readonly int _maxRequestBytes;
    private readonly bool _gzip;
    private ObservedSender? _sender;
    private DateTimeOffset _unauthorizedUntil;
    private int _deadFor;
    private bool _calm;

    public HttpStore(Random random, Coverage coverage, SimulatedTime time)
    {
        (_random, _coverage, _time) = (random, coverage, time);
        _indices = new StoreIndices(coverage) { RefusesOneIn = Chance(5) ? 17 : 0, DiesOfOneIn = Chance(8) ? 53 : 0 };
        _maxRequestBytes = Chance(4) ? random.Next(1500, 4000) : int.MaxValue;
        _gzip = Chance(4);
        // A run knows some of them, so that they come together in many ways, and not all at once always.
        _troubles = [.. All.Where(_ => Chance(2))];
    }

    public IReadOnlyDictionary<(string Index, string Id), StoredDocument> Stored => _indices.Stored;

    public IReadOnlyDictionary<(string Index, string Id), StoredDocument> DeadLetters => _indices.DeadLetters;

    public IReadOnlyList<string> Conflicts => _conflicts;

    public bool IsQuiet => _underWay.Count == 0 && _sender is null or { Open: 0 };

    /// <summary>Of all requests, in their order.</summary>
    public uint Fingerprint { get; private set; }

    /// <summary>Called with every body that is handed to the sender: what is sent must not depend on undurable decisions.</summary>
    public Action<BulkBody> Arriving { get; init; } = static _ => { };

    public IBulkSender Connect()
    {
        var options = new IndexingOptions { RequestTimeout = TimeSpan.FromSeconds(5), MaxBackoff = TimeSpan.FromSeconds(3), MaxConcurrency = _random.Next(1, 5) };
        Uri[] addresses = [.. Enumerable.Range(0, _random.Next(1, 3)).Select(number => new Uri($"http://store{number}:9200"))];
        var connection = new StoreConnection(addresses, new StoreOptions { Gzip = _gzip }, options, new StoreTransport(Arrive), _time);
        var sender = new BulkSender(connection, options, new PipelineMetrics(), new TracedLog(), _time, Task.CompletedTask, new Random(_random.Next()), PipeScheduler.Inline);
        return _sender = new ObservedSender(sender, Arriving, Settled);
    }

    public void Answer()
    {
        if (_underWay.Count == 0) return;
        int index = _random.Next(_underWay.Count);
        SimulatedRequest request = _underWay[index];
        if (!_calm && request.Patience-- > 0) return;
        _underWay.RemoveAt(index);
        if (request.Caller is null || request.IsUnanswered) Land(request);
        else Deal(request, _calm ? StoreFault.None : Draw());
    }

    public void LoseProcess()
    {
        _sender = null;
        _time.ForgetTimers();
        foreach (SimulatedRequest request in _underWay) request.Caller = null;
        _underWay.RemoveAll(_ => Chance(3));
    }

    public void Calm()
    {
        _calm = true;
        _deadFor = 0;
        _unauthorizedUntil = default;
        _indices.Refusing.Clear();
    }

    /// <summary>Retention deletes the indices of days that are over.</summary>
    public void Expire() => _indices.Expire(DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime));

    private void Arrive(SimulatedRequest request)
    {
        Fingerprint = LogPipeline.Ledger.Journal.Crc32C.Append(Fingerprint, request.Body);
        bool slow = !_calm && Chance(40);
        if (slow) _coverage.Meet(Scenario.VeryLateAnswer);
        request.Patience = slow ? 60 : 0;
        _underWay.Add(request);
    }

    private StoreFault Draw() => _troubles.Length > 0 && Chance(5) ? _troubles[_random.Next(_troubles.Length)] : StoreFault.None;

    // Nobody is told: who sent it is gone, or has given up, or it was a repetition on the way.
    private void Land(SimulatedRequest request)
    {
        if (request.Body.Length > _maxRequestBytes) return;
        int count = _random.Next(3) == 0 ? _random.Next(request.Documents.Count + 1) : request.Documents.Count;
        bool created = request.IsBulk && Apply(request, count).Contains(StoreIndices.Created);
        if (created) _coverage.Meet(Scenario.ArrivedLate);
        if (request.Caller is not null) _coverage.Meet(Scenario.NeverAnswered); // it will give up in time
    }

    private void Deal(SimulatedRequest request, StoreFault trouble)
    {
        if (trouble == StoreFault.Unauthorized) _unauthorizedUntil = _time.GetUtcNow().AddSeconds(_random.Next(1, 6));
        if (_deadFor > 0)
        {
            _deadFor--;
            Fail(request, HttpRequestError.ConnectionError);
        }
        else if (_time.GetUtcNow() < _unauthorizedUntil)
        {
            _coverage.Meet(Scenario.Unauthorized);
            Reply(request, 401, "");
        }
        else if (request.Body.Length > _maxRequestBytes)
        {
            _coverage.Meet(Scenario.TooLarge);
            Reply(request, 413, "");
        }
        else if (!DealWithoutCarryingOut(request, trouble)) CarryOut(request, trouble);
    }

    private bool DealWithoutCarryingOut(SimulatedRequest request, StoreFault trouble)
    {
        switch (trouble)
        {
            case StoreFault.NotConnected:
                _coverage.Meet(Scenario.NotConnected);
                Fail(request, HttpRequestError.ConnectionError);
                return true;
            case StoreFault.ClosedBefore:
                _coverage.Meet(Scenario.ClosedBefore);
                Fail(request, HttpRequestError.ResponseEnded);
                return true;
            case StoreFault.NeverAnswered:
                request.IsUnanswered = true;
                request.Patience = _random.Next(30);
                _underWay.Add(request);
                return true;
            case StoreFault.Overloaded:
                _coverage.Meet(Scenario.Overloaded);
                Reply(request, 429, """{"error":{"type":"circuit_breaking_exception","reason":"[parent] Data too large"},"status":429}""", Chance(3) ? TimeSpan.FromSeconds(2) : null);
                return true;
            case StoreFault.Unavailable:
                _coverage.Meet(Scenario.Unavailable);
                Reply(request, 503, """{"error":{"type":"cluster_block_exception","reason":"state not recovered"},"status":503}""");
                return true;
            case StoreFault.BadGateway:
                _coverage.Meet(Scenario.Unavailable);
                Reply(request, 502, "<html>Bad Gateway</html>");
                return true;
            default:
                return false;
        }
    }

    private void CarryOut(SimulatedRequest request, StoreFault trouble)
    {
        if (!request.IsBulk && !request.IsMultiGet)
        {
            Reply(request, 200, "{}"); // a sign of life
            return;
        }
        if (request.IsMultiGet) trouble = OfLookUp(trouble);
        if (trouble is StoreFault.IndexRefused or StoreFault.IndexClosed) RefuseIndex(request, closed: trouble == StoreFault.IndexClosed);
        else if (!_calm && Chance(4)) _indices.Refusing.Clear(); // somebody put it right
        if (request.IsBulk && request.Documents.FindIndex(document => _indices.DiesOf(document.Source)) is var deadly and >= 0)
        {
            _coverage.Meet(Scenario.ServerDied);
            Apply(request, _random.Next(deadly + 1));
            _deadFor = _calm ? 0 : _random.Next(3);
            Fail(request, HttpRequestError.ResponseEnded);
            return;
        }
        if (trouble == StoreFault.ClosedWithin)
        {
            Apply(request, _random.Next(request.Documents.Count + 1));
            _coverage.Meet(Scenario.PartialArrival);
            Fail(request, HttpRequestError.ResponseEnded);
            return;
        }
        List<string> items = request.IsBulk ? Apply(request, request.Documents.Count, trouble == StoreFault.ItemsRetried) : [.. request.Documents.Select(document => _indices.Get(document.Index, document.Id))];
        AnswerWith(request, items, trouble);
    }

    // What goes wrong with the answer when all is done.
    private void AnswerWith(SimulatedRequest request, List<string> items, StoreFault trouble)
    {
        switch (trouble)
        {
            case StoreFault.ClosedAfter:
                _coverage.Meet(Scenario.AnswerLost);
                Fail(request, HttpRequestError.ResponseEnded);
                return;
            case StoreFault.GatewayTimeout:
                _coverage.Meet(Scenario.AnswerLost);
                Reply(request, 504, "<html>Gateway Timeout</html>");
                return;
            case StoreFault.NotReadable:
                _coverage.Meet(Scenario.AnswerNotReadable);
                Reply(request, 200, "<html>It works!</html>");
                return;
            case StoreFault.ItemDropped:
                _coverage.Meet(Scenario.ItemDropped);
                items.RemoveAt(_random.Next(items.Count));
                break;
            case StoreFault.ItemAdded:
                _coverage.Meet(Scenario.ItemAdded);
                items.Insert(_random.Next(items.Count + 1), request.IsBulk ? StoreIndices.Created : """{"found":false}""");
                break;
            case StoreFault.ArrivesTwice:
                _coverage.Meet(Scenario.ArrivedTwice);
                _underWay.Add(request.Again());
                break;
        }
        string answer = request.IsMultiGet ? $"{{\"docs\":[{string.Join(',', items)}]}}"
            : $"{{\"took\":1,\"errors\":{(items.TrueForAll(item => item == StoreIndices.Created) ? "false" : "true")},\"items\":[{string.Join(',', items.Select(item => $"{{\"create\":{item}}}"))}]}}";
        if (trouble != StoreFault.CutShort)
        {
            Reply(request, 200, answer);
            return;
        }
        _coverage.Meet(Scenario.AnswerCut);
        byte[] part = Encoding.UTF8.GetBytes(answer)[.._random.Next(answer.Length)];
        // By HTTP's word, or against it.
        if (Chance(2)) Reply(request, 200, Encoding.UTF8.GetString(part));
        else request.Caller!.TrySetResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new CutStream(part)) });
    }

    private static StoreFault OfLookUp(StoreFault trouble) =>
        trouble is StoreFault.ArrivesTwice or StoreFault.ClosedWithin or StoreFault.IndexRefused or StoreFault.IndexClosed ? StoreFault.None : trouble;

    private List<string> Apply(SimulatedRequest request, int count, bool retried = false)
    {
        var items = new List<string>(count);
        foreach ((string index, string id, byte[] source) in request.Documents.Take(count))
        {
            string? refusal = retried ? ItemTrouble() : null;
            if (refusal is null && _indices.Refusing.ContainsKey(index)) _coverage.Meet(Scenario.IndexRefused);
            items.Add(refusal ?? (_indices.DiesOf(source) ? """{"status":503,"error":{"type":"unavailable_shards_exception","reason":"gone"}}""" : _indices.Create(index, id, source)));
        }
        return items;
    }

    private string? ItemTrouble()
    {
        if (!Chance(3)) return null;
        _coverage.Meet(Scenario.ItemRetried);
        return _random.Next(3) switch
        {
            0 => """{"status":429,"error":{"type":"rejected_execution_exception","reason":"full"}}""",
            1 => """{"status":503,"error":{"type":"unavailable_shards_exception","reason":"not active"}}""",
            _ => """{"status":400,"error":{"type":"validation_exception","reason":"Validation Failed: 1: this action would add [2] total shards, but this cluster currently has [14]/[1] maximum shards open;"}}""",
        };
    }

    private void RefuseIndex(SimulatedRequest request, bool closed)
    {
        string index = request.Documents[_random.Next(request.Documents.Count)].Index;
        _indices.Refusing[index] = closed
            ? """{"status":400,"error":{"type":"index_closed_exception","reason":"closed"}}"""
            : """{"status":403,"error":{"type":"cluster_block_exception","reason":"index blocked by: [FORBIDDEN/8/index write (api)];"}}""";
    }

    private static void Fail(SimulatedRequest request, HttpRequestError error) => request.Caller!.TrySetException(new HttpRequestException(error, "simulated"));

    private static void Reply(SimulatedRequest request, int status, string body, TimeSpan? retryAfter = null)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body) };
        if (retryAfter is { } after) response.Headers.RetryAfter = new(after);
        request.Caller!.TrySetResult(response);
    }

    private void Settled(BulkBody body)
    {
        foreach (ref BulkItem item in body.Items)
        {
            if (body.LookUpFirst) _coverage.Meet(Scenario.LookedUp);
            if (item is { Outcome: ItemOutcome.DeadLettered, IsCollision: true }) _coverage.Meet(Scenario.Collision);
            if (item.Outcome != ItemOutcome.Conflict) continue;
            _coverage.Meet(Scenario.ConflictFollowed);
            var document = StoredDocument.Parse("", "", body.SourceLine(item), isDeadLetter: false);
            _conflicts.Add($"{document.Stream} {document.Sequence}: {item.StoredLengthBytes} bytes are stored, {item.RecordLengthBytes} came");
            SimulationTrace.Write($"conflict {document.Sequence}+{item.StoredLengthBytes}, not {item.RecordLengthBytes}");
        }
    }

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private sealed class TracedLog : IPipelineLog
    {
        public void Write(PipelineLogLevel level, string eventName, string message) => SimulationTrace.Write($"{eventName}: {message}");
    }
}
