using System.Text;
using LogPipeline.Formats;
using LogPipeline.Ledger;
using LogPipeline.Sources;
using LogPipeline.Tailing;
using LogPipeline.Tests.Simulation;
using LogPipeline.Tests.Simulation.Storing;
using LogPipeline.Tests.Simulation.Writers;

namespace LogPipeline.Tests;

/// <summary>The oracle sees each kind of fault: a run in which nothing went wrong is compared again, with one thing changed.</summary>
public sealed class OracleTests(OracleTests.CleanRun clean) : IClassFixture<OracleTests.CleanRun>
{
    private const int Steps = 500;

    private readonly SimulatedRun _run = clean.Run;

    // The last one: its file is on disk.
    private StoredDocument One => Stdout(_run.Store).Last();

    [Fact]
    public void Nothing_changed_is_nothing_found() => Assert.True(_run.Compare(new AlteredStore(_run.Store)).None);

    [Fact]
    public void A_document_that_is_missing_is_lost() => Assert.NotEmpty(_run.Compare(Altered().Without(One)).Lost);

    [Fact]
    public void A_document_that_is_missing_makes_the_account_wrong() => Assert.NotEmpty(_run.Compare(Altered().Without(One)).WrongAccount);

    [Fact]
    public void A_document_in_two_indices_is_doubled() => Assert.NotEmpty(_run.Compare(Altered().With(One with { Index = One.Index + "-2" })).Doubled);

    [Fact]
    public void A_document_under_two_ids_overlaps() => Assert.NotEmpty(_run.Compare(Altered().With(One with { Id = One.Id + "2" })).Overlapping);

    [Fact]
    public void A_document_with_another_text_is_wrong() => Assert.NotEmpty(_run.Compare(Altered().With(One with { Text = One.Text + "!" })).WrongText);

    [Fact]
    public void A_document_that_sorts_before_earlier_ones_is_in_the_wrong_order() => Assert.NotEmpty(_run.Compare(Altered().With(One with { Sequence = "" })).WrongOrder);

    [Fact]
    public void A_document_of_another_tenant_is_seen() => Assert.NotEmpty(_run.Compare(Altered().With(One with { Tenant = "nobody" })).WrongTenant);

    [Fact]
    public void A_document_in_the_index_of_another_day_is_seen() =>
        Assert.NotEmpty(_run.Compare(Altered().Without(One).With(One with { Index = One.Index[..^10] + "2026.01.01" })).WrongIndex);

    [Fact]
    public void A_loss_that_is_reported_and_was_none_is_seen()
    {
        FileCheckpoint file = _run.Ledger.Single(file => file.Id.ToString() == One.FileId);
        file.LostBytes++;
        Findings found = _run.Compare(Altered());
        file.LostBytes--;
        Assert.NotEmpty(found.Misreported);
    }

    [Fact]
    public void A_loss_that_is_reported_a_byte_too_small_is_seen()
    {
        using SimulatedRun run = Play(static run => run.Coverage[Scenario.LostToTheByte] > 0, from: 1208);
        foreach (FileCheckpoint file in run.Ledger.Where(file => file.LostBytes > 0)) file.LostBytes--;
        Assert.NotEmpty(run.Compare(new AlteredStore(run.Store)).Misreported);
    }

    [Fact]
    public void A_document_is_compared_with_the_file_that_has_all_of_it_where_another_begins_alike()
    {
        WrittenFile destroyed = Written(0, "head\nfirst\n"), younger = Written(1, "head\nsecond\n");
        destroyed.Destroyed = destroyed.EverShown = younger.EverShown = true;
        string id = FileIdentity.OfPlainFile("host", "/log", 1, 1).ToString();
        var store = new AlteredStore(new ModelStore(new Random(1), new Coverage())).With(new StoredDocument("logs-t", id + "-0", "/log", SubStream.None, "0", id, 0, 12, "head\nsecond", "t", IsDeadLetter: false));

        Findings found = new Oracle([destroyed, younger], store, [], ledgerWasLost: false, static (_, _, _) => null).Compare();

        Assert.True(found.None, found.ToString());
    }

    [Fact]
    public void A_gap_that_is_not_reported_is_seen()
    {
        using SimulatedRun run = Play(static run => run.Coverage[Scenario.GapReported] > 0 && run.Coverage[Scenario.LedgerLost] == 0);
        foreach (FileCheckpoint file in run.Ledger) file.Gap = false;
        Assert.NotEmpty(run.Compare(new AlteredStore(run.Store)).Misreported);
    }

    private static IEnumerable<StoredDocument> Stdout(ISimulatedStore store) =>
        store.Stored.Values.Where(document => document.Lane == SubStream.Stdout).OrderBy(document => document.Stream, StringComparer.Ordinal).ThenBy(document => document.Sequence, StringComparer.Ordinal);

    private static WrittenFile Written(int number, string content)
    {
        var file = new WrittenFile("/log", SourceKind.Plain, LogFormat.Plain, new LogOrigin(), number);
        file.Content.AddRange(Encoding.UTF8.GetBytes(content));
        return file;
    }

    private AlteredStore Altered() => new(_run.Store);

    // The first one that fits, from a seed on that is known to be near.
    private static SimulatedRun Play(Func<SimulatedRun, bool> fits, int from = 1)
    {
        for (int seed = from; ; seed++)
        {
            var run = new SimulatedRun(seed, wide: true);
            if (run.Play(Steps).None && fits(run)) return run;
            run.Dispose();
        }
    }

    /// <summary>One in which no ledger was lost and no file was destroyed.</summary>
    public sealed class CleanRun : IDisposable
    {
        internal SimulatedRun Run { get; } = Play(static run =>
            run.Coverage[Scenario.LedgerLost] + run.Coverage[Scenario.PodDeleted] + run.Coverage[Scenario.DeletedWhileOpen] + run.Coverage[Scenario.UnreadDestroyed] == 0 && run.Ledger.All(file => !file.Gap) && Stdout(run.Store).Count() > 1);

        public void Dispose() => Run.Dispose();
    }
}
