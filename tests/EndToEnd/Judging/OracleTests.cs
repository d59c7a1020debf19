using System.Globalization;
using LogPipeline.Tests.Storing;
using LogPipeline.Tests.Writing;

namespace LogPipeline.Tests.Judging;

/// <summary>The oracle sees each kind of fault, and calls it by its name: an oracle that finds nothing proves nothing.</summary>
public sealed class OracleTests
{
    private const int LineBytes = 10;

    private readonly List<StoredDocument> _stored = [.. Enumerable.Range(0, 8).Select(Document)];

    [Fact]
    public void What_was_written_is_exact() => AssertOnly();

    [Fact]
    public void A_missing_document_is_lost()
    {
        _stored.RemoveAt(3);
        AssertOnly((DifferenceKind.Lost, 1), (DifferenceKind.UnaccountedBytes, LineBytes));
    }

    [Fact]
    public void A_copy_in_another_index_is_doubled()
    {
        _stored.Add(_stored[3] with { Index = "logs-t-2026.11.21" });
        AssertOnly((DifferenceKind.Doubled, 1));
    }

    [Fact]
    public void A_copy_under_another_id_is_doubled()
    {
        _stored.Add(_stored[3] with { Id = "other", FileId = "other", Sequence = "3x" });
        AssertOnly((DifferenceKind.Doubled, 1), (DifferenceKind.UnaccountedBytes, LineBytes));
    }

    [Fact]
    public void A_record_within_another_overlaps()
    {
        _stored[3] = _stored[3] with { LengthBytes = LineBytes + 1 };
        AssertOnly((DifferenceKind.Overlapping, 1), (DifferenceKind.UnaccountedBytes, 1));
    }

    [Fact]
    public void A_changed_text_is_wrong_and_the_written_one_lost()
    {
        _stored[3] = _stored[3] with { Text = "line e" };
        AssertOnly((DifferenceKind.WrongText, 1), (DifferenceKind.Lost, 1));
    }

    [Fact]
    public void A_document_at_another_place_in_the_sequence_is_out_of_order()
    {
        _stored[1] = _stored[1] with { Sequence = "6x" };
        AssertOnly((DifferenceKind.WrongOrder, 1));
    }

    [Fact]
    public void Another_tenant_another_day_and_another_time_are_told_apart()
    {
        _stored[1] = _stored[1] with { Tenant = "u" };
        _stored[2] = _stored[2] with { Index = "logs-t-2026.11.21" };
        _stored[3] = _stored[3] with { Timestamp = "2026-11-20T00:00:09.000000000Z" };
        AssertOnly((DifferenceKind.WrongTenant, 1), (DifferenceKind.WrongIndex, 1), (DifferenceKind.WrongTime, 1));
    }

    private void AssertOnly(params (DifferenceKind Kind, long Count)[] expected)
    {
        var lane = new WrittenLane { Bytes = 8 * LineBytes };
        lane.Lines.AddRange(Enumerable.Range(0, 8).Select(line => new WrittenLine(Text(line), Time(line))));
        OracleVerdict verdict = Oracle.Compare([("lane", "t", lane)], _stored);
        foreach (DifferenceKind kind in Enum.GetValues<DifferenceKind>())
            Assert.True(expected.FirstOrDefault(difference => difference.Kind == kind).Count == verdict[kind], verdict.ToString());
        Assert.Equal(expected.Length == 0, verdict.IsExact);
    }

    private static string Text(int line) => string.Create(CultureInfo.InvariantCulture, $"line {line}");

    private static string Time(int line) => string.Create(CultureInfo.InvariantCulture, $"2026-11-20T00:00:0{line}.000000000Z");

    private static StoredDocument Document(int line) =>
        new("logs-t-2026.11.20", $"id{line}", "lane", $"{line}", "file", line * LineBytes, LineBytes, Text(line), Time(line), Continued: false, "t");
}
