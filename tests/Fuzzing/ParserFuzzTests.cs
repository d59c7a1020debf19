using LogPipeline.Sources;
using LogPipeline.Tests.Engine;
using LogPipeline.Tests.Targets;

namespace LogPipeline.Tests;

/// <summary>
/// Every parser of foreign bytes under seeded mutation: it never throws, reads and writes nothing outside, ends, and its own invariant holds.
/// <c>SEED=n</c> begins there, <c>SEEDS=n</c> runs so many cases of each target, <c>TARGET=name</c> one target only.
/// </summary>
public sealed class ParserFuzzTests(ITestOutputHelper output)
{
    private const int UsualSeeds = 1500;

    [Fact]
    public void Cri_lines() => Fuzz(new EntryTarget("cri", LogFormat.Cri));

    [Fact]
    public void Docker_lines() => Fuzz(new EntryTarget("docker", LogFormat.Docker));

    [Fact]
    public void Plain_lines() => Fuzz(new EntryTarget("plain", LogFormat.Plain));

    [Fact]
    public void Gzip_siblings() => Fuzz(new GzipTarget());

    [Fact]
    public void Checkpoint_journals() => Fuzz(new JournalTarget());

    [Fact]
    public void Checkpoints() => Fuzz(new CheckpointTarget());

    [Fact]
    public void Answers_of_bulk() => Fuzz(new BulkAnswerTarget());

    [Fact]
    public void Answers_of_mget() => Fuzz(new MultiGetTarget());

    [Fact]
    public void Yaml() => Fuzz(new YamlTarget());

    private void Fuzz(FuzzTarget target)
    {
        if (Environment.GetEnvironmentVariable("TARGET") is { Length: > 0 } only && only != target.Name) return;
        int first = int.TryParse(Environment.GetEnvironmentVariable("SEED"), out int seed) ? seed : 1;
        int seeds = int.TryParse(Environment.GetEnvironmentVariable("SEEDS"), out int asked) ? asked : UsualSeeds;
        string? failure = new Fuzzer(target).Run(first, seeds);
        output.WriteLine($"{target.Name}: SEED={first} SEEDS={seeds}");
        Assert.True(failure is null, failure);
    }
}
