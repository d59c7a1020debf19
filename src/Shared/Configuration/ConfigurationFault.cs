namespace LogPipeline.Configuration;

/// <summary>One thing that is wrong with the configuration, on one line.</summary>
/// <param name="Origin">The file's name, or the flag (<c>--index</c>) that gave the value.</param>
/// <param name="Line">Line in the file, from 1; 0 when the fault has none.</param>
/// <param name="Key">The key's path, <c>indexing.max_body</c> or <c>sources[0].path</c>; empty for the file as a whole and for flags.</param>
/// <param name="Message">The bad value and the bound or the allowed values.</param>
public sealed record ConfigurationFault(string Origin, int Line, string Key, string Message)
{
    /// <summary><c>pipeline.yaml:12: indexing.max_body: 5GiB is above 64MiB</c></summary>
    public override string ToString() =>
        Origin + (Line > 0 ? $":{Line}" : "") + (Key.Length > 0 ? $": {Key}" : "") + ": " + Message;
}
