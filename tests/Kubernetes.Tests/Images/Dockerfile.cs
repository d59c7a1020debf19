using System.Text.Json;

namespace LogPipeline.Tests.Kubernetes.Images;

/// <summary>What the repository's Dockerfile says of one of its images.</summary>
internal sealed class Dockerfile
{
    private const string ProfileOption = "-p:PublishProfile=";

    private readonly List<(string Stage, string Base, List<string> Lines)> _stages = [];

    public Dockerfile(string target)
    {
        foreach (string line in Repository.Text("Dockerfile").Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            string[] words = line.Split(' ');
            if (words[0] == "FROM") _stages.Add((words[^1], words[^3], []));
            else if (_stages.Count > 0) _stages[^1].Lines.Add(line);
        }
        Base = Stage(Stage(target).Base).Base;
        User = Line(target, "USER").Split(':') is [var user, var group] ? (int.Parse(user, System.Globalization.CultureInfo.InvariantCulture), int.Parse(group, System.Globalization.CultureInfo.InvariantCulture)) : throw new FormatException("USER names a user and a group");
        EntryPoint = JsonSerializer.Deserialize<string[]>(Line(target, "ENTRYPOINT"))!;
        Variables = [.. Stage(Stage(target).Base).Lines.Where(line => line.StartsWith("ENV ", StringComparison.Ordinal)).Select(line => line[4..].Split('=')).Select(pair => (pair[0], pair[1]))];
        string from = Line(target, "COPY").Split(' ')[0].Split('=')[1];
        string[] publish = Line(from, "RUN dotnet publish").Split(' ');
        Project = publish[0];
        Profile = publish.SingleOrDefault(word => word.StartsWith(ProfileOption, StringComparison.Ordinal))?[ProfileOption.Length..];
    }

    /// <summary>The image that the runtime is of.</summary>
    public string Base { get; }

    public (int Id, int Group) User { get; }

    public string[] EntryPoint { get; }

    public IReadOnlyList<(string Name, string Value)> Variables { get; }

    /// <summary>The project that is published into <c>/app</c>.</summary>
    public string Project { get; }

    /// <summary>How; null for none.</summary>
    public string? Profile { get; }

    private string Line(string stage, string instruction) =>
        Stage(stage).Lines.Single(line => line.StartsWith(instruction + " ", StringComparison.Ordinal))[(instruction.Length + 1)..];

    private (string Stage, string Base, List<string> Lines) Stage(string name) => _stages.Single(stage => stage.Stage == name);
}
