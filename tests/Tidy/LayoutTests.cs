using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace LogPipeline.Tests.Tidy;

public sealed partial class LayoutTests
{
    private static readonly string[] s_top =
    [
        ".ci", ".config", ".dockerignore", ".editorconfig", ".gitattributes", ".github", ".gitignore", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "Directory.Build.props",
        "Directory.Packages.props", "Dockerfile", "LICENSE", "Pipeline.Core.slnf", "Pipeline.sln", "README.md", "docs", "global.json", "k8s", "src", "test", "tests",
    ];

    /// <summary>The steps of a line's journey, in its order.</summary>
    private static readonly string[] s_shared =
    [
        "Sources", "Tailing", "Formats", "Joining", "Parsing", "Processing", "Enrichment", "Tenancy", "Indexing", "Ledger", "Protocol", "Configuration", "Observability",
    ];

    private static readonly string[] s_clusterEdition = ["src/Cluster", "src/Node", "src/Aggregator"];

    private static readonly string[] s_binaries = [".dll", ".exe", ".so", ".dylib", ".pdb", ".nupkg", ".snupkg", ".zip", ".tar", ".7z"];

    [Fact]
    public void The_top_level_is_the_designs() =>
        Violations.AssertNone(Repository.Files.Select(file => file.Split('/')[0]).Distinct().Except(s_top), "Not at the top level");

    [Fact]
    public void The_folders_of_shared_are_the_steps_of_a_lines_journey() =>
        Violations.AssertNone(FoldersIn("src/Shared").Except(s_shared), "No step of a line's journey");

    [Theory]
    [InlineData("tests/Shared.Tests", "src/Shared")]
    [InlineData("tests/Local.Tests", "src/Local")]
    public void Tests_mirror_the_source_tree(string tests, string source) =>
        Violations.AssertNone(FoldersIn(tests).Except(FoldersIn(source)), $"No such folder in {source}");

    [Fact]
    public void Every_project_is_in_the_solution() =>
        Assert.Equal(Repository.Projects.Order(StringComparer.Ordinal), SolutionProjects().Order(StringComparer.Ordinal));

    [Fact]
    public void The_core_filter_lists_exactly_what_needs_neither_the_cluster_nor_its_packages()
    {
        string[] corePackages = [.. PackageVersions().Where(e => e.Parent!.Attribute("Label")?.Value is "Core" or "Tests").Select(e => e.Attribute("Include")!.Value)];
        IEnumerable<string> core =
            from project in Project.All
            let closure = project.Closure()
            where !closure.Any(p => s_clusterEdition.Contains(p.Folder)) && closure.SelectMany(p => p.Packages).All(corePackages.Contains)
            select project.File;

        using JsonDocument filter = JsonDocument.Parse(Repository.Text("Pipeline.Core.slnf"));
        JsonElement solution = filter.RootElement.GetProperty("solution");
        Assert.Equal("Pipeline.sln", solution.GetProperty("path").GetString());
        Assert.Equal(core.Order(StringComparer.Ordinal), solution.GetProperty("projects").EnumerateArray().Select(p => p.GetString()!.Replace('\\', '/')).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_package_has_one_exact_version_in_one_place()
    {
        Violations.AssertNone(
            PackageVersions().Where(e => !ExactVersion().IsMatch(VersionOf(e))).Select(e => e.ToString()),
            "Not an exact version");
        Violations.AssertNone(
            from project in Project.All
            from reference in project.PackageReferences
            where reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null || reference.Elements().Any(e => e.Name.LocalName == "Version")
            select $"{project.File}: {reference}",
            "A version outside Directory.Packages.props");
        Violations.AssertNone(
            Project.All.SelectMany(p => p.Packages).Except(PackageVersions().Select(e => e.Attribute("Include")!.Value)),
            "No version in Directory.Packages.props");
    }

    [Theory]
    [InlineData("src/Cluster", "Akka.Cluster", "Akka.Cluster.Sharding")]
    [InlineData("src/Node", "Akka.Streams", "Akka.Persistence.Sql", "KubernetesClient")]
    [InlineData("src/Aggregator", "Akka.Cluster.Sharding", "OpenSearch.Client", "prometheus-net.AspNetCore")]
    public void The_cluster_edition_is_in_the_solution_and_stands_on_its_packages(string folder, params string[] packages)
    {
        Project project = Project.All.Single(p => p.Folder == folder);
        Assert.Contains(project.File, SolutionProjects());
        Assert.Empty(packages.Except(project.Closure().SelectMany(p => p.Packages)));
    }

    /// <summary>A package, and the namespace by which it is used.</summary>
    [Theory]
    [InlineData("src/Cluster", "Akka.Cluster", "Akka.Cluster")]
    [InlineData("src/Aggregator", "Akka.Cluster.Sharding", "Akka.Cluster.Sharding")]
    [InlineData("src/Aggregator", "OpenSearch.Client", "OpenSearch.Client")]
    [InlineData("src/Node", "Akka.Streams", "Akka.Streams")]
    [InlineData("src/Node", "Akka.Persistence.Sql", "Akka.Persistence.Sql")]
    [InlineData("src/Node", "KubernetesClient", "k8s")]
    [InlineData("src/Cluster", "prometheus-net.AspNetCore", "Prometheus")]
    public void The_cluster_edition_uses_the_packages_that_it_references(string folder, string package, string @namespace)
    {
        Assert.Contains(package, Project.All.Single(p => p.Folder == folder).Closure().SelectMany(p => p.Packages));
        Assert.Contains(
            Repository.Sources,
            source => source.StartsWith(folder + "/", StringComparison.Ordinal) && Regex.IsMatch(Repository.Text(source), $@"^using {Regex.Escape(@namespace)}[.;]", RegexOptions.Multiline));
    }

    [Fact]
    public void No_feed_and_no_binary_is_in_the_repository() =>
        Violations.AssertNone(
            Repository.Files.Where(file => Path.GetFileName(file).Equals("nuget.config", StringComparison.OrdinalIgnoreCase)
                || s_binaries.Contains(Path.GetExtension(file).ToLowerInvariant())),
            "Does not belong into the repository");

    [Theory]
    [InlineData("test")]
    [InlineData(".ci/run")]
    public void Scripts_can_be_run(string script) =>
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Repository.FullPath(script)).HasFlag(UnixFileMode.UserExecute), $"{script} has no run bit.");

    // A family's version may come from the environment; what stands here is what everybody else gets.
    private static string VersionOf(XElement package)
    {
        string version = package.Attribute("Version")?.Value ?? "";
        if (!version.StartsWith("$(", StringComparison.Ordinal)) return version;
        string name = version[2..^1];
        XElement? property = Project.Load("Directory.Packages.props").Descendants(name).SingleOrDefault();
        return property?.Attribute("Condition")?.Value == $"'$({name})' == ''" ? property.Value : "";
    }

    private static IEnumerable<string> FoldersIn(string folder) =>
        Repository.Files.Where(file => file.StartsWith(folder + "/", StringComparison.Ordinal))
            .Select(file => file[(folder.Length + 1)..]).Where(rest => rest.Contains('/', StringComparison.Ordinal))
            .Select(rest => rest.Split('/')[0]).Distinct();

    private static IEnumerable<string> SolutionProjects() =>
        SolutionProject().Matches(Repository.Text("Pipeline.sln")).Select(m => m.Groups[1].Value.Replace('\\', '/'));

    private static IEnumerable<XElement> PackageVersions() =>
        Project.Load("Directory.Packages.props").Descendants().Where(e => e.Name.LocalName is "PackageVersion" or "GlobalPackageReference");

    [GeneratedRegex("\"([^\"]+\\.csproj)\"")]
    private static partial Regex SolutionProject();

    [GeneratedRegex(@"^[0-9]+(\.[0-9]+){1,3}(-[0-9A-Za-z.-]+)?$")]
    private static partial Regex ExactVersion();
}
