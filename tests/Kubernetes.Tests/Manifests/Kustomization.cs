using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace LogPipeline.Tests.Kubernetes.Manifests;

/// <summary>A folder of <c>k8s/</c>, built by kustomize itself: the program, or the one inside kubectl.</summary>
internal sealed class Kustomization
{
    private static readonly ConcurrentDictionary<string, Lazy<Kustomization>> s_built = [];

    private Kustomization(string folder, string yaml)
    {
        Folder = folder;
        Yaml = yaml;
        Manifests = [.. YamlJson.Parse(yaml).Select(json => new Manifest((JsonObject)json))];
    }

    public string Folder { get; }

    public string Yaml { get; }

    public IReadOnlyList<Manifest> Manifests { get; }

    public static Kustomization Of(string folder) => s_built.GetOrAdd(folder, path => new Lazy<Kustomization>(() => Build(path, Repository.FullPath(path)))).Value;

    /// <summary>A base with components, as an overlay would have them.</summary>
    public static Kustomization With(string resource, params string[] components)
    {
        // kustomize wants relative paths, and a folder that is not inside of what it includes.
        DirectoryInfo folder = Directory.CreateDirectory(Repository.FullPath($"tests/Kubernetes.Tests/bin/overlays/{Guid.NewGuid():N}"));
        string Relative(string path) => Path.GetRelativePath(folder.FullName, Repository.FullPath(path));
        string lines = string.Join('\n', components.Select(component => $"  - {Relative(component)}"));
        File.WriteAllText(Path.Combine(folder.FullName, "kustomization.yaml"), $"namespace: log-pipeline\nresources:\n  - {Relative(resource)}\ncomponents:\n{lines}\n");
        try
        {
            return Build($"{resource} + {string.Join(" + ", components)}", folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public Manifest Single(string kind, string name) => Manifests.Single(manifest => manifest.Kind == kind && (manifest.Name == name || manifest.Name.StartsWith(name + "-", StringComparison.Ordinal)));

    public IEnumerable<Manifest> Of(params string[] kinds) => Manifests.Where(manifest => kinds.Contains(manifest.Kind));

    public IEnumerable<Manifest> Workloads => Of("Deployment", "DaemonSet", "StatefulSet", "Job");

    private static Kustomization Build(string name, string path)
    {
        string program = Tool.Find("kustomize", "kubectl");
        (int code, string output, string errors) = Tool.Run(program, program.EndsWith("kubectl", StringComparison.Ordinal) ? "kustomize" : "build", path);
        Assert.True(code == 0, $"{name}: {errors}");
        Assert.True(errors.Length == 0, $"{name}: {errors}"); // warnings of what is deprecated
        return new Kustomization(name, output);
    }
}
