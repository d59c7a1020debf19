using System.Text.RegularExpressions;

namespace LogPipeline.Tests.Tidy;

/// <summary>Local → Shared; Node, Aggregator → Cluster → Shared. Nothing points back, Node and Aggregator never meet, Local never sees Akka.</summary>
public sealed partial class ArrowTests
{
    /// <summary>What each project of <c>src</c> may reference.</summary>
    private static readonly Dictionary<string, string[]> s_mayReference = new()
    {
        ["src/Shared"] = [],
        ["src/Local"] = ["src/Shared"],
        ["src/Cluster"] = ["src/Shared"],
        ["src/Node"] = ["src/Cluster", "src/Shared"],
        ["src/Aggregator"] = ["src/Cluster", "src/Shared"],
    };

    /// <summary>Namespaces that a folder's files may not use, nor name.</summary>
    private static readonly Dictionary<string, string[]> s_mayNotUse = new()
    {
        ["src/Shared"] = ["Akka", "Microsoft.AspNetCore", "LogPipeline.Local", "LogPipeline.Cluster", "LogPipeline.Node", "LogPipeline.Aggregator"],
        ["src/Local"] = ["Akka", "LogPipeline.Cluster", "LogPipeline.Node", "LogPipeline.Aggregator"],
        ["src/Cluster"] = ["LogPipeline.Local", "LogPipeline.Node", "LogPipeline.Aggregator"],
        ["src/Node"] = ["LogPipeline.Local", "LogPipeline.Aggregator"],
        ["src/Aggregator"] = ["LogPipeline.Local", "LogPipeline.Node"],
    };

    [Fact]
    public void Projects_reference_only_along_the_arrows()
    {
        foreach (Project project in Project.All.Where(p => p.Folder.StartsWith("src/", StringComparison.Ordinal)))
        {
            Assert.True(s_mayReference.TryGetValue(project.Folder, out string[]? allowed), $"{project.Folder} has no place in the layout.");
            Violations.AssertNone(project.References.Select(Repository.FolderOf).Except(allowed), $"{project.File} may not reference");
        }
    }

    [Fact]
    public void Sources_use_only_along_the_arrows()
    {
        Violations.AssertNone(
            from source in Repository.Sources
            where source.StartsWith("src/", StringComparison.Ordinal)
            let forbidden = s_mayNotUse[string.Join('/', source.Split('/').Take(2))]
            let text = Repository.Text(source)
            from name in forbidden
            where Regex.IsMatch(text, $@"^\s*(global\s+)?using\s+(static\s+)?([\w]+\s*=\s*)?(global::)?{Regex.Escape(name)}\b", RegexOptions.Multiline)
                || Regex.IsMatch(text, $@"\bglobal::{Regex.Escape(name)}\.")
            select $"{source} uses {name}",
            "An arrow points the wrong way");
    }

    [Fact]
    public void Shared_knows_neither_the_web_nor_actors()
    {
        Project shared = Project.All.Single(p => p.Folder == "src/Shared");
        Assert.Equal("Microsoft.NET.Sdk", shared.Sdk);
        Assert.Empty(shared.FrameworkReferences);
        Assert.Equal(["YamlDotNet"], shared.Packages);
    }

    [Fact]
    public void Only_the_cluster_edition_takes_akka()
    {
        Violations.AssertNone(
            from project in Project.All
            where !project.Closure().Any(p => p.Folder == "src/Cluster")
            from package in project.Packages
            where package.StartsWith("Akka", StringComparison.Ordinal)
            select $"{project.File}: {package}",
            "Akka outside the cluster edition");
    }

    [Fact]
    public void Only_nodes_ask_the_kubernetes_api() =>
        Assert.Equal(["src/Node"], Project.All.Where(p => p.Folder.StartsWith("src/", StringComparison.Ordinal) && p.Packages.Contains("KubernetesClient")).Select(p => p.Folder));

    [Fact]
    public void A_file_of_src_declares_the_namespace_of_its_folder()
    {
        Violations.AssertNone(
            from source in Repository.Sources
            where source.StartsWith("src/", StringComparison.Ordinal)
            let declared = NamespaceDeclaration().Match(Repository.Text(source)).Groups[1].Value
            where declared.Length > 0 && declared != ExpectedNamespace(source)
            select $"{source} declares {declared}, not {ExpectedNamespace(source)}",
            "A namespace that is not its folder's");
    }

    private static string ExpectedNamespace(string source)
    {
        string[] folders = Repository.FolderOf(source).Split('/')[1..];
        return string.Join('.', folders[0] == "Shared" ? ["LogPipeline", .. folders[1..]] : (string[])["LogPipeline", .. folders]);
    }

    [GeneratedRegex(@"^namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceDeclaration();
}
