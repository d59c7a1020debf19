using System.Diagnostics;

namespace LogPipeline.Tests.Engine;

/// <summary>
/// Runs the corpus of a target, then one changed input for each seed. A case that fails is made smaller and kept in the corpus; one that does not
/// end is a failure, too. One seed is one case of each target: the same input and the same decisions each time.
/// </summary>
internal sealed class Fuzzer(FuzzTarget target)
{
    /// <summary>Cases of one test run take milliseconds each; this one hangs.</summary>
    private static readonly TimeSpan LongestCase = TimeSpan.FromSeconds(60);

    private const int MostAttempts = 400;

    private string? _failure;
    private byte[] _input = [];
    private volatile string _running = "";
    private long _startedAt;

    /// <summary>Null when everything holds; else what does not, with the seed and where the input was kept.</summary>
    public string? Run(int firstSeed, int seeds)
    {
        // A thread of its own, so that a case without end can be told of.
        var thread = new Thread(() => RunAll(firstSeed, seeds), maxStackSize: 1 << 20) { IsBackground = true };
        Volatile.Write(ref _startedAt, Stopwatch.GetTimestamp());
        thread.Start();
        while (!thread.Join(TimeSpan.FromSeconds(1)))
        {
            if (Stopwatch.GetElapsedTime(Volatile.Read(ref _startedAt)) > LongestCase) return $"{target.Name}, {_running}: does not end; input kept in {Corpus.Keep(target, firstSeed, _input)}";
        }
        return _failure;
    }

    private void RunAll(int firstSeed, int seeds)
    {
        IReadOnlyList<(string Name, byte[] Bytes)> corpus = Corpus.Of(target);
        foreach ((string name, byte[] bytes) in corpus)
        {
            Begin(name, bytes);
            if (Attempt(bytes, seed: 0) is not { } fault) continue;
            _failure = $"{target.Name}, corpus/{target.Name}/{name}: {fault}";
            return;
        }
        byte[][] inputs = [.. corpus.Select(input => input.Bytes)];
        if (inputs.Length == 0) inputs = [[]];
        for (int seed = firstSeed; seed < firstSeed + seeds; seed++)
        {
            byte[] input = target.Generate(new Random(seed), inputs);
            Begin($"SEED={seed}", input);
            if (Attempt(input, seed) is not { } fault) continue;
            byte[] small = Minimize(input, seed);
            _failure = $"{target.Name}, SEED={seed}: {fault}\n{small.Length} bytes kept in {Corpus.Keep(target, seed, small)}";
            return;
        }
    }

    private void Begin(string what, byte[] input)
    {
        _running = what;
        _input = input;
        Volatile.Write(ref _startedAt, Stopwatch.GetTimestamp());
    }

    private Exception? Attempt(byte[] input, int seed)
    {
        try
        {
            target.Check([.. input], new Random(seed));
            return null;
        }
        catch (Exception fault)
        {
            // Whatever it is, it is the finding.
            return fault;
        }
    }

    // Takes pieces out as long as it fails.
    private byte[] Minimize(byte[] input, int seed)
    {
        int attempts = 0;
        for (int piece = input.Length / 2; piece > 0; piece /= 2)
        {
            for (int at = 0; at + piece <= input.Length && attempts < MostAttempts; attempts++)
            {
                byte[] shorter = [.. input.AsSpan(0, at), .. input.AsSpan(at + piece)];
                Begin(_running, shorter);
                if (Attempt(shorter, seed) is not null) input = shorter;
                else at += piece;
            }
        }
        return input;
    }
}
