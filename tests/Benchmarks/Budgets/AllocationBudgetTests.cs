namespace LogPipeline.Benchmarks.Budgets;

public sealed class AllocationBudgetTests
{
    public static TheoryData<string> Benchmarks { get; } = [.. MicroBenchmark.Names];

    [Theory]
    [MemberData(nameof(Benchmarks))]
    public void A_hot_function_allocates_no_more_than_its_budget(string benchmark)
    {
        using var measured = MicroBenchmark.Find(benchmark);

        Assert.Null(AllocationBudgets.Exceeded(benchmark, measured.AllocatedBytesPerCall()));
    }

    [Fact]
    public void Every_benchmark_has_a_budget_and_every_budget_a_benchmark() =>
        Assert.Equal(MicroBenchmark.Names, AllocationBudgets.All.Keys.Order(StringComparer.Ordinal));

    // A line's own way: what is allocated for a chunk, a body or a commit is another matter.
    [Theory]
    [InlineData("Framing.Plain")]
    [InlineData("Framing.Cri")]
    [InlineData("Framing.Docker")]
    [InlineData("LinePrefixes.Cri")]
    [InlineData("LinePrefixes.DockerUnescape")]
    [InlineData("Joining.None")]
    [InlineData("Joining.SingleLines")]
    [InlineData("Parsing.JsonDetection")]
    [InlineData("Parsing.JsonMerge")]
    [InlineData("Escaping.Ascii")]
    [InlineData("Escaping.Utf8Check")]
    [InlineData("Escaping.BrokenUtf8")]
    [InlineData("BulkResponse.AllCreated")]
    public void Nothing_is_allocated_for_a_line(string benchmark) => Assert.Equal(0, AllocationBudgets.All[benchmark]);

    [Fact]
    public void A_body_that_allocates_one_object_a_call_is_seen_to() =>
        Assert.Equal(128, MicroBenchmark.Measure(() => new byte[100])); // 16 bytes of header, 8 of length, rounded up

    [Fact]
    public void A_byte_over_the_budget_and_a_benchmark_without_one_are_refused()
    {
        Assert.Null(AllocationBudgets.Exceeded("Framing.Cri", 0));
        Assert.Contains("0 are its budget", AllocationBudgets.Exceeded("Framing.Cri", 1), StringComparison.Ordinal);
        Assert.Contains("has no budget", AllocationBudgets.Exceeded("Framing.Unknown", 0), StringComparison.Ordinal);
    }
}
