using System.Text;
using LogPipeline.Configuration.Settings;

namespace LogPipeline.Configuration;

/// <summary>The reference of every key, as Markdown, from the tables that reading uses.</summary>
public static class ConfigurationReference
{
    private const string Introduction = """
        # Configuration

        One YAML file, given with `--config FILE`; flags win over it. Everything has a default: an empty file is a valid one.
        `pipeline validate --config FILE` reports every fault at once, each with its line, key, value and bound. Unknown keys are faults, and no value is ever clamped.

        - Sizes are a number with `B`, `KiB`, `MiB`, `GiB`, `TiB` (powers of 1,024) or `KB`, `MB`, `GB`, `TB` (powers of 1,000): `1MiB`.
        - Durations are a number with `ms`, `s`, `m`, `h` or `d`: `200ms`, `1h30m`.
        - `${NAME}` in a value is that environment variable, `${NAME:-default}` has a default for one that is unset or empty, `$${` is a literal `${`.
          A key whose whole value is `${NAME:-}` counts as not given while the variable is unset or empty.
        - Anchors and aliases work; tags, merge keys and several documents are refused.
        - Editors that know JSON schemas complete and check the file with [pipeline.schema.json](pipeline.schema.json):
          `# yaml-language-server: $schema=pipeline.schema.json` as its first line.

        Examples: [minimal](examples/minimal.yaml), [OpenSearch](examples/opensearch.yaml), [a Kubernetes node with tenants](examples/kubernetes-node.yaml), [plain files with records of several lines](examples/plain-files.yaml).

        This page is generated from the tables that read the file; a test fails when it is stale.

        """;

    public static string Render()
    {
        var text = new StringBuilder(Introduction);
        var defaults = new PipelineOptions();
        Section("sources", PipelineSettings.Source.Doc, PipelineSettings.Source.Describe("sources[]", new SourceOptions()));
        Section("tailing", PipelineSettings.Tailing.Doc, PipelineSettings.Tailing.Describe("tailing", defaults.Tailing));
        Section("joining", PipelineSettings.Joining.Doc, PipelineSettings.Joining.Describe("joining", defaults.Joining));
        Section("parsing", PipelineSettings.Parsing.Doc, PipelineSettings.Parsing.Describe("parsing", defaults.Parsing));
        Section("enrichment", PipelineSettings.Enrichment.Doc, PipelineSettings.Enrichment.Describe("enrichment", defaults.Enrichment));
        Section("tenancy", PipelineSettings.Tenancy.Doc, PipelineSettings.Tenancy.Describe("tenancy", defaults.Tenancy));
        Section("indexing", PipelineSettings.Indexing.Doc, PipelineSettings.Indexing.Describe("indexing", defaults.Indexing));
        Section("store", PipelineSettings.Store.Doc, PipelineSettings.Store.Describe("store", defaults.Store));
        Section("ledger", PipelineSettings.Ledger.Doc, PipelineSettings.Ledger.Describe("ledger", defaults.Ledger));
        Section("web", PipelineSettings.Web.Doc, PipelineSettings.Web.Describe("web", defaults.Web));
        Section("cluster", PipelineSettings.Cluster.Doc, PipelineSettings.Cluster.Describe("cluster", defaults.Cluster));
        return text.ToString();

        void Section(string name, string doc, IEnumerable<SettingDescription> rows)
        {
            text.Append($"\n## {name}\n\n{doc}\n\n| key | takes | default | meaning |\n|---|---|---|---|\n");
            foreach (var row in rows)
            {
                string value = row.Default.Length == 0 ? "" : row.Default == "required" ? "required" : $"`{row.Default}`";
                text.Append($"| `{row.Path}` | {Cell(row.Expected)} | {value} | {Cell(row.Doc)} |\n");
            }
        }
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal);
}
