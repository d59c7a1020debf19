using System.Text.Json;

namespace LogPipeline.Benchmarks.Budgets;

/// <summary>The committed bytes a call of each benchmark (<c>allocations.json</c>).</summary>
public static class AllocationBudgets
{
    public static IReadOnlyDictionary<string, long> All { get; } = Load();

    /// <summary>What is wrong with a measured figure; null when it keeps the budget.</summary>
    public static string? Exceeded(string benchmark, long allocatedBytes) =>
        !All.TryGetValue(benchmark, out long budget) ? $"{benchmark} allocates {allocatedBytes:N0} bytes a call and has no budget in tests/Benchmarks/allocations.json"
        : allocatedBytes > budget ? $"{benchmark} allocates {allocatedBytes:N0} bytes a call, {budget:N0} are its budget (tests/Benchmarks/allocations.json)"
        : null;

    private static Dictionary<string, long> Load()
    {
        using Stream file = typeof(AllocationBudgets).Assembly.GetManifestResourceStream("allocations.json")!;
        return JsonSerializer.Deserialize<Dictionary<string, long>>(file)!;
    }
}
