namespace LogPipeline.Local.CommandLine;

/// <summary>What the commands do; the command line only reads what they are told. Each answers with the exit code, see <see cref="ExitCode"/>.</summary>
public interface ICommands
{
    /// <summary>Reads, stores and shows until <paramref name="stop"/> is cancelled (SIGTERM, Ctrl-C), or until idle where the settings say so; then drains within its bound.</summary>
    Task<int> Run(RunSettings settings, CancellationToken stop);

    /// <summary>Compares files, ledger and store; exit code 1 if anything is wrong.</summary>
    Task<int> Audit(AuditSettings settings, CancellationToken stop);

    /// <summary>Measures the whole pipeline on this machine; exit code 1 if documents are missing in the sink, or too many.</summary>
    Task<int> Bench(BenchSettings settings, CancellationToken stop);

    /// <summary>Is the sink of <see cref="Bench"/>, until its input is closed.</summary>
    Task<int> BenchSink(CancellationToken stop);

    /// <summary>Prints the lines around one; exit code 1 if it is not in the store.</summary>
    Task<int> Context(ContextSettings settings, CancellationToken stop);

    /// <summary>Says where a line is now; exit code 0 where it is accounted for, 1 where it is not in the store and will not be, 3 where it is not there yet.</summary>
    Task<int> Explain(ExplainSettings settings, CancellationToken stop);

    /// <summary>Puts index templates, retention policies and saved objects; exit code 1 if any was refused.</summary>
    Task<int> Setup(SetupSettings settings, CancellationToken stop);
}
