using System.Text;
using LogPipeline.Configuration;
using LogPipeline.Tests.Engine;

namespace LogPipeline.Tests.Targets;

/// <summary>Configuration files: read, or refused with faults on lines that the file has, and the same ones each time.</summary>
internal sealed class YamlTarget : FuzzTarget
{
    public override string Name => "yaml";

    public override IReadOnlyList<string> Tokens =>
        ["\n", "  ", "\t", "- ", ": ", "&a ", "*a", "<<: *a", "!!str ", "|\n", ">-\n", "\"", "'", "{", "}", "[", "]", "#", "---\n", "...\n", "%YAML 1.1\n", "${HOME}", "${", "$${", "${A:-b}", "\u0000", "\ufeff", "? ", "null", "~", "\\x", "sources:\n", "joining:\n", "path: ", "tenancy:\n  rules:\n"];

    public override void Check(byte[] input, Random random)
    {
        string text = Encoding.UTF8.GetString(input);
        ConfigurationResult first = Read(text), second = Read(text);
        // As editors count them; YAML counts a few more characters as ends.
        int lines = 1 + text.Count(character => character is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029');
        foreach (ConfigurationFault fault in first.Faults)
        {
            Hold(fault.Line >= 0 && fault.Line <= lines, $"{fault} is on line {fault.Line} of {lines}");
            Hold(fault.Message.Length > 0 && !fault.Message.Contains('\n', StringComparison.Ordinal), "a fault without a message of one line");
        }
        Hold(first.Faults.Select(fault => fault.ToString()).SequenceEqual(second.Faults.Select(fault => fault.ToString())), "other faults at the second reading");
    }

    private static ConfigurationResult Read(string text) => ConfigurationReader.Read(text, "pipeline.yaml", name => name == "HOME" ? "/root" : null);
}
