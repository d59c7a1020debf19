using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LogPipeline.Tests.Kubernetes.Autoscaling;

/// <summary>What <c>tests/Benchmarks/Scaling</c> has seen with real processes: a file of <c>tests/recorded/scaling</c>.</summary>
internal sealed record MeasuredScaling
{
    public const string Folder = "tests/recorded/scaling";

    /// <summary>Bytes: less than what is written in two seconds waits always, as positions are recorded every half second and requests are closed after 200 ms.</summary>
    private const double NothingBytes = 5e6;

    private static readonly JsonSerializerOptions s_format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>When the load or the store changed.</summary>
    public required int CauseSecond { get; init; }

    /// <summary>Of the autoscaler.</summary>
    public required int MostReplicas { get; init; }

    /// <summary>Bytes of log a second that the store took of one aggregator.</summary>
    public required double Capacity { get; init; }

    public required long WrittenLines { get; init; }

    public required long LostLines { get; init; }

    /// <summary>Lines that are in the store under two ids.</summary>
    public required long DoubledLines { get; init; }

    /// <summary>Documents that were sent although they were there: the store refuses them.</summary>
    public required long SentAgain { get; init; }

    /// <summary>Aggregators that were started.</summary>
    public required int Started { get; init; }

    /// <summary>Members that ended without being told to, or with another code than 0.</summary>
    public required int BadEnds { get; init; }

    /// <summary>From SIGTERM to the end, the slowest.</summary>
    public required double LongestEndSeconds { get; init; }

    /// <summary>A row each: second, bytes written in it, bytes that wait, backlog as the autoscaler sees it (-1: not there), aggregators asked for, aggregators that store.</summary>
    public IReadOnlyList<string> Rows
    {
        get => [.. Samples.Select(sample => string.Create(CultureInfo.InvariantCulture, $"{sample.Second},{sample.Written:0},{sample.Backlog:0},{(double.IsNaN(sample.Recorded) ? -1 : sample.Recorded):0},{sample.Replicas},{sample.Ready}"))];
        init => Samples = [.. value.Select(Parse)];
    }

    [JsonIgnore]
    public IReadOnlyList<ScalingSample> Samples { get; init; } = [];

    [JsonIgnore]
    public ScalingFigures Figures => new(Samples, CauseSecond);

    public static MeasuredScaling Read(string file) => JsonSerializer.Deserialize<MeasuredScaling>(File.ReadAllText(file)) ?? throw new FormatException($"{file} is empty");

    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, Name + ".json"), JsonSerializer.Serialize(this, s_format) + "\n");
    }

    /// <summary>The table of the docs.</summary>
    public static string Table(IReadOnlyList<MeasuredScaling> runs) => ScalingFigures.Table(
        "measured", [.. runs.Select(run => run.Name)],
        ("lines written", run => runs[run].WrittenLines.ToString("N0", CultureInfo.InvariantCulture)),
        ("lines lost, lines stored twice", run => $"{runs[run].LostLines}, {runs[run].DoubledLines}"),
        ("first change of the number, s after the cause", run => ScalingFigures.Text(runs[run].Figures.FirstChange)),
        ("first new aggregator stores, s after the cause", run => ScalingFigures.Text(runs[run].Figures.FirstNewStores)),
        ("most aggregators", run => ScalingFigures.Text(runs[run].Figures.Most)),
        ("most that waited, MB", run => (runs[run].Figures.MostWaiting / 1e6).ToString("N0", CultureInfo.InvariantCulture)),
        ("less than 5 MB wait, s after the cause", run => ScalingFigures.Text(runs[run].Figures.WaitsLessThan(NothingBytes))),
        ("changes from rising to falling or back", run => ScalingFigures.Text(runs[run].Figures.Turns)),
        ("documents that were sent again and were there", run => runs[run].SentAgain.ToString("N0", CultureInfo.InvariantCulture)),
        ("aggregators started, members that ended badly", run => $"{runs[run].Started}, {runs[run].BadEnds}"),
        ("slowest end of an aggregator after SIGTERM, s", run => runs[run].LongestEndSeconds.ToString("0.0", CultureInfo.InvariantCulture)));

    private static ScalingSample Parse(string row)
    {
        string[] fields = row.Split(',');
        double Value(int field) => double.Parse(fields[field], CultureInfo.InvariantCulture);
        return new ScalingSample((int)Value(0), Value(1), Value(2), Value(3), (int)Value(4), (int)Value(5));
    }
}
