namespace LogPipeline.Tests.Ledger;

/// <summary>The process is dead: no handler of the code under test takes it for an error of the disk.</summary>
public sealed class SimulatedCrashException() : Exception("The process died.");
