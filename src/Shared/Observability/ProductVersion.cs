using System.Reflection;
using System.Runtime.InteropServices;

namespace LogPipeline.Observability;

/// <summary>Which build this is.</summary>
public static class ProductVersion
{
    /// <summary><c>0.1.0</c></summary>
    public static string Short { get; } = Full().Split('+')[0];

    /// <summary><c>pipeline 0.1.0 (commit 1a2b3c4d, .NET 10.0.1, linux-x64)</c></summary>
    public static string Long { get; } = $"pipeline {Short} ({Commit()}{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})";

    private static string Full() =>
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    private static string Commit() => Full().Split('+') is [_, { Length: >= 8 } hash] ? $"commit {hash[..8]}, " : "";
}
