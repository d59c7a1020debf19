using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace LogPipeline.Benchmarks.Budgets;

/// <summary>One <c>[Benchmark]</c> method and an instance of its class: the same body that BenchmarkDotNet measures the time of.</summary>
public sealed class MicroBenchmark : IDisposable
{
    // The first calls compile, and fill what is kept for later ones.
    private const int WarmUps = 8;
    private const int Calls = 32;

    private readonly object _instance;
    private readonly MethodInfo _method;

    private MicroBenchmark(MethodInfo method)
    {
        _method = method;
        _instance = Activator.CreateInstance(method.DeclaringType!)!;
    }

    /// <summary>Class and method.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Methods().Select(NameOf).Order(StringComparer.Ordinal)];

    public static MicroBenchmark Find(string name) => new(Methods().Single(method => NameOf(method) == name));

    public void Dispose() => (_instance as IDisposable)?.Dispose();

    /// <summary>Bytes that one call allocates on the calling thread, once it is warm.</summary>
    public long AllocatedBytesPerCall() => _method.ReturnType == typeof(bool)
        ? Measure(_method.CreateDelegate<Func<bool>>(_instance))
        : Measure(_method.CreateDelegate<Func<long>>(_instance));

    /// <summary>Bytes that one call of a body allocates, once it is warm.</summary>
    public static long Measure<T>(Func<T> body)
    {
        for (int call = 0; call < WarmUps; call++) body();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int call = 0; call < Calls; call++) body();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Calls;
    }

    private static string NameOf(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";

    private static IEnumerable<MethodInfo> Methods() =>
        from type in typeof(MicroBenchmark).Assembly.GetTypes()
        from method in type.GetMethods()
        where method.GetCustomAttribute<BenchmarkAttribute>() is not null
        select method;
}
