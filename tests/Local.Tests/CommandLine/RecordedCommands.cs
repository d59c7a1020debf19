using LogPipeline.Local.CommandLine;

namespace LogPipeline.Tests.CommandLine;

/// <summary>Remembers what it was told; answers 42.</summary>
internal sealed class RecordedCommands : ICommands
{
    public const int Answer = 42;

    public RunSettings? Ran { get; private set; }

    public AuditSettings? Audited { get; private set; }

    public ContextSettings? Context { get; private set; }

    public ExplainSettings? Explained { get; private set; }

    public BenchSettings? Benched { get; private set; }

    public SetupSettings? SetUp { get; private set; }

    public Task<int> Run(RunSettings settings, CancellationToken stop)
    {
        Ran = settings;
        return Task.FromResult(Answer);
    }

    public Task<int> Audit(AuditSettings settings, CancellationToken stop)
    {
        Audited = settings;
        return Task.FromResult(Answer);
    }

    Task<int> ICommands.Context(ContextSettings settings, CancellationToken stop)
    {
        Context = settings;
        return Task.FromResult(Answer);
    }

    public Task<int> Bench(BenchSettings settings, CancellationToken stop)
    {
        Benched = settings;
        return Task.FromResult(Answer);
    }

    public Task<int> BenchSink(CancellationToken stop) => Task.FromResult(Answer);

    public Task<int> Setup(SetupSettings settings, CancellationToken stop)
    {
        SetUp = settings;
        return Task.FromResult(Answer);
    }

    public Task<int> Explain(ExplainSettings settings, CancellationToken stop)
    {
        Explained = settings;
        return Task.FromResult(Answer);
    }
}
