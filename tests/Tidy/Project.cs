using System.Xml.Linq;

namespace LogPipeline.Tests.Tidy;

/// <summary>A project file, with what <c>Directory.Build.props</c> files beside and above it add.</summary>
internal sealed class Project
{
    public static IReadOnlyList<Project> All { get; } = [.. Repository.Projects.Select(file => new Project(file))];

    private Project(string file)
    {
        File = file;
        Folder = Repository.FolderOf(file);
        var elements = new List<XElement>();
        XElement root = Load(file);
        Sdk = root.Attribute("Sdk")?.Value ?? "";
        elements.AddRange(root.Descendants());
        for (string folder = Folder; ; folder = Repository.FolderOf(folder))
        {
            string props = folder.Length == 0 ? "Directory.Build.props" : folder + "/Directory.Build.props";
            if (Repository.Exists(props)) elements.AddRange(Load(props).Descendants());
            if (folder.Length == 0) break;
        }

        PackageReferences = [.. elements.Where(e => e.Name.LocalName == "PackageReference")];
        FrameworkReferences = [.. elements.Where(e => e.Name.LocalName == "FrameworkReference").Select(e => e.Attribute("Include")!.Value)];
        References = [.. elements.Where(e => e.Name.LocalName == "ProjectReference").Select(e => Repository.Resolve(Folder, e.Attribute("Include")!.Value))];
    }

    public string File { get; }
    public string Folder { get; }
    public string Sdk { get; }
    public IReadOnlyList<XElement> PackageReferences { get; }
    public IReadOnlyList<string> FrameworkReferences { get; }

    /// <summary>The project files that this one names.</summary>
    public IReadOnlyList<string> References { get; }

    public IEnumerable<string> Packages => PackageReferences.Select(e => e.Attribute("Include")!.Value);

    /// <summary>This project and all that it reaches.</summary>
    public IReadOnlyList<Project> Closure()
    {
        var reached = new List<Project> { this };
        for (int i = 0; i < reached.Count; i++)
        {
            foreach (string file in reached[i].References)
            {
                Project referenced = All.SingleOrDefault(p => p.File == file) ?? throw new FileNotFoundException($"{reached[i].File} references {file}, which is not there.");
                if (!reached.Contains(referenced)) reached.Add(referenced);
            }
        }

        return reached;
    }

    public static XElement Load(string file) => XElement.Parse(Repository.Text(file));
}
