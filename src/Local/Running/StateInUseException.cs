using LogPipeline.Ledger.State;
using LogPipeline.Ledger;

namespace LogPipeline.Local.Running;

/// <summary>Another process has the state directory.</summary>
public sealed class StateInUseException(string directory, StateDirectoryLockInfo? holder)
    : Exception($"{directory} is in use by {holder?.ToString() ?? "another process"}; stop it, or give this one a --state of its own");
