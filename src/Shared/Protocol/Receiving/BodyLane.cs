using LogPipeline.Configuration;
using LogPipeline.Indexing;
using LogPipeline.Observability;
using LogPipeline.Processing;

namespace LogPipeline.Protocol.Receiving;

/// <summary>
/// The open bulk bodies that several streams share, one a tenant, with the encoder that fills them. Whoever encodes or takes bodies out holds <see cref="Gate"/>.
/// </summary>
public sealed class BodyLane(PipelineOptions options, PipelineMetrics metrics, TimeProvider time)
{
    private byte[] _scratch = [];

    public Lock Gate { get; } = new();

    /// <summary>Where the time to encode is counted.</summary>
    internal StepCpu Cpu { get; } = metrics.Cpu;

    public BodyAssembler Assembler { get; } = new(options.Indexing, time);

    internal RecordEncoder Encoder => field ??= new RecordEncoder(Assembler, metrics, options.Parsing.MaxDepth);

    /// <summary>A buffer for the bytes of one chunk and the unfinished line before it, valid until the next call.</summary>
    internal Span<byte> Scratch(int bytes)
    {
        if (_scratch.Length < bytes) _scratch = new byte[Math.Max(bytes, 96 << 10)];
        return _scratch.AsSpan(0, bytes);
    }
}
