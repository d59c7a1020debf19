using System.Text.Json;
using LogPipeline.Configuration;

namespace LogPipeline.Tests.Configuration;

public sealed class GeneratedDocumentsTests
{
    [Fact]
    public void The_reference_is_current() => Repository.AssertCurrent("docs/configuration.md", ConfigurationReference.Render());

    [Fact]
    public void The_schema_is_current() => Repository.AssertCurrent("docs/pipeline.schema.json", ConfigurationSchema.Render());

    [Fact]
    public void The_schema_is_json_and_describes_every_leaf()
    {
        using var schema = JsonDocument.Parse(ConfigurationSchema.Render());
        var maxLine = schema.RootElement.GetProperty("properties").GetProperty("tailing").GetProperty("properties").GetProperty("max_line");

        Assert.Equal("1MiB", maxLine.GetProperty("default").GetString());
        Assert.NotEqual("", maxLine.GetProperty("description").GetString());
    }

    [Fact]
    public void Every_default_is_a_value_that_the_reader_accepts()
    {
        var lines = ConfigurationReference.Render().Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split(" | "))
            .Where(cells => cells[2].StartsWith('`') && !cells[0].Contains("[]", StringComparison.Ordinal))
            .Select(cells => (Path: cells[0].Trim('|', ' ', '`').Split('.'), Value: cells[2].Trim('`'))).ToList();

        Assert.True(lines.Count > 20);
        foreach (var (path, value) in lines)
        {
            string yaml = string.Concat(path.Select((key, depth) => $"{new string(' ', depth * 2)}{key}:\n")).TrimEnd('\n') + $" '{value}'\n";
            Assert.Empty(ConfigurationReader.Read(yaml, "pipeline.yaml", _ => null).Faults);
        }
    }

    [Fact]
    public void Every_example_is_valid_and_linked_from_the_reference()
    {
        string reference = ConfigurationReference.Render();
        string[] examples = Directory.GetFiles(Path.Combine(Repository.Root, "docs/examples"), "*.yaml");

        Assert.NotEmpty(examples);
        foreach (string example in examples)
        {
            var result = ConfigurationReader.Read(File.ReadAllText(example), Path.GetFileName(example), _ => null);
            Assert.Empty(result.Faults);
            Assert.Contains($"(examples/{Path.GetFileName(example)})", reference, StringComparison.Ordinal);
        }
    }
}
