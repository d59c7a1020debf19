using LogPipeline.Configuration;

namespace LogPipeline.Cluster.Bootstrap;

/// <summary>Reads the arguments of a member: <c>--config FILE</c>, the same file that a single process takes.</summary>
public static class ConfigurationFile
{
    /// <summary>The exit code of a process that could not begin.</summary>
    public const int CannotStart = 2;

    /// <summary>Null, with every fault written to <paramref name="errors"/>, when there is nothing to run with.</summary>
    public static PipelineOptions? Read(string[] args, TextWriter errors)
    {
        if (args is not ["--config", { } path])
        {
            errors.WriteLine("usage: --config FILE");
            return null;
        }
        ConfigurationResult result;
        try
        {
            result = ConfigurationReader.Read(File.ReadAllText(path), path, Environment.GetEnvironmentVariable);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"{path}: cannot be read: {e.Message}");
            return null;
        }
        foreach (ConfigurationFault fault in result.Faults) errors.WriteLine(fault);
        if (result.IsValid && result.Options.Store.IsEmbedded)
        {
            errors.WriteLine($"{path}: store.urls: embedded is of a single process; a cluster stores in OpenSearch");
            return null;
        }
        if (!result.IsValid) return null;
        if (result.Options.Ledger.StateDirectory.Length == 0) result.Options.Ledger.StateDirectory = StateDirectory.Default(Environment.IsPrivilegedProcess, Environment.GetEnvironmentVariable) ?? "/var/lib/pipeline";
        return result.Options;
    }
}
