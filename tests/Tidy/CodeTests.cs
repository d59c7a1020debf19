using System.Text.RegularExpressions;

namespace LogPipeline.Tests.Tidy;

/// <summary>Habits of the code. The limits are ratchets: they may be lowered.</summary>
public sealed partial class CodeTests
{
    private const int MaxLines = 400;
    private const int MaxFilesInFolder = 14;

    /// <summary>Folders that have passed <see cref="MaxFilesInFolder"/>, with what they may hold.</summary>
    private static readonly Dictionary<string, int> s_largeFolders = new()
    {
        ["src/Local/Store/Aggregations"] = 17,
        ["src/Local/Store/Http"] = 17,
        ["src/Local/Store/Queries"] = 19,
        ["src/Shared/Configuration"] = 19,
        ["src/Shared/Indexing/Delivery"] = 17,
        ["src/Shared/Ledger/Journal"] = 20,
        ["src/Shared/Tailing"] = 16,
        ["tests/Shared.Tests/Ledger"] = 16,
    };

    /// <summary>Files with more than one public type, with the reason.</summary>
    private static readonly Dictionary<string, string> s_severalTypes = new()
    {
        ["src/Local/Workers/WorkerStatus.cs"] = "a status and its row",
        ["src/Shared/Configuration/StoreOptions.cs"] = "a section of the configuration and its only sub-section",
        ["src/Shared/Configuration/TenancyOptions.cs"] = "a section of the configuration and its row",
        ["src/Shared/Tailing/Watching/DirectoryEvent.cs"] = "an event, its kinds, and who is told",
        ["src/Shared/Tailing/IFileSystem.cs"] = "a port with the plain values that it hands over",
    };

    /// <summary>Tests that may be left out where a program is missing (CI has them all), and what is no test of the suite.</summary>
    private static readonly Dictionary<string, string> s_mayBeLeftOut = new()
    {
        ["tests/Cluster.Tests/Images/MemberImageTests.cs"] = "wants root and iproute2",
        ["tests/Cluster.Tests/NetworkTests.cs"] = "wants root and iproute2",
        ["tests/Cluster.Tests/Positions/PositionsInPostgresTests.cs"] = "wants PostgreSQL",
        ["tests/EndToEnd/Web/Browser.cs"] = "wants Chromium",
        ["tests/Kubernetes.Tests/Images/ImageTree.cs"] = "wants root",
        ["tests/Kubernetes.Tests/Tool.cs"] = "wants kustomize or kubectl",
        ["tests/Local.Tests/Store/StoreMeasurements.cs"] = "measures; its figures stand in docs/embedded-store.md",
        ["tests/Shared.Tests/Ledger/StateDirectoryLockTests.cs"] = "the process that another test kills",
        ["tests/Shared.Tests/Sources/WatchedRotationTests.cs"] = "wants logrotate",
    };

    // Put together from halves, so that this file does not contain what it forbids.
    private static readonly string[] s_unfinished = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "NotImplemented" + "Exception"];
    private static readonly string[] s_skips = ["Skip" + " =", "Skip" + "=", "Assert." + "Skip", "Skip" + "When", "Skip" + "Unless", "Explicit" + " = true"];
    private static readonly string[] s_sleeps = ["Thread." + "Sleep", "Task." + "Delay"];
    private static readonly string[] s_vagueNames = ["Utils", "Utilities", "Helper", "Helpers", "Common", "Models", "Manager", "Managers", "Misc"];

    [Fact]
    public void Nothing_is_left_unfinished() => AssertAbsent(Repository.Sources, s_unfinished, "Unfinished work");

    [Fact]
    public void No_test_is_skipped() => AssertAbsent(TestSources().Where(source => !s_mayBeLeftOut.ContainsKey(source)), s_skips, "A test that may not run");

    [Fact]
    public void No_test_sleeps() => AssertAbsent(TestSources(), s_sleeps, "Wait on a condition instead");

    [Fact]
    public void No_file_is_longer_than_the_limit() =>
        Violations.AssertNone(
            from source in Repository.Sources
            let lines = Repository.Lines(source).Length
            where lines > MaxLines
            select $"{source}: {lines} lines",
            $"More than {MaxLines} lines: two nouns in one?");

    [Fact]
    public void A_folder_holds_about_a_dozen_files()
    {
        var folders = Repository.Sources.GroupBy(Repository.FolderOf).ToDictionary(folder => folder.Key, folder => folder.Count());
        Violations.AssertNone(
            from folder in folders
            where folder.Value > s_largeFolders.GetValueOrDefault(folder.Key, MaxFilesInFolder)
            select $"{folder.Key}: {folder.Value} files",
            "A folder of two nouns?");
        Violations.AssertNone(s_largeFolders.Keys.Where(folder => folders.GetValueOrDefault(folder) <= MaxFilesInFolder), "Needs no exception any more");
    }

    [Fact]
    public void A_file_has_one_public_type_named_like_it()
    {
        Violations.AssertNone(
            from source in Repository.Sources
            where source.StartsWith("src/", StringComparison.Ordinal) && !s_severalTypes.ContainsKey(source)
            let types = PublicTypes(source)
            let name = Path.GetFileNameWithoutExtension(source).Split('.')[0]
            where types.Length > 1 || (types.Length == 1 && types[0] != name)
            select $"{source}: {string.Join(", ", types)}",
            "One public type a file, named like it");
        Violations.AssertNone(s_severalTypes.Keys.Where(file => !Repository.Exists(file) || PublicTypes(file).Length < 2), "Needs no exception any more");
    }

    [Fact]
    public void Names_say_what_a_thing_is() =>
        Violations.AssertNone(
            from source in Repository.Sources
            from part in source[..^3].Split('/')
            where s_vagueNames.Any(vague => part == vague || part.EndsWith(vague, StringComparison.Ordinal))
            select source,
            "A name that says nothing");

    [Fact]
    public void Every_log_event_has_a_name_of_its_own()
    {
        const string Events = "src/Shared/Observability/LogEvents.cs";
        string[] names = [.. StringConstant().Matches(Repository.Text(Events)).Select(m => m.Groups[1].Value)];
        Assert.NotEmpty(names);
        Violations.AssertNone(names.GroupBy(name => name).Where(same => same.Count() > 1).Select(same => same.Key), $"Twice in {Events}");
    }

    private static IEnumerable<string> TestSources() => Repository.Sources.Where(source => source.StartsWith("tests/", StringComparison.Ordinal));

    private static string[] PublicTypes(string source) => [.. PublicType().Matches(Repository.Text(source)).Select(m => m.Groups[1].Value).Distinct()];

    private static void AssertAbsent(IEnumerable<string> sources, string[] markers, string rule) =>
        Violations.AssertNone(
            from source in sources
            from line in Repository.Lines(source).Index()
            where markers.Any(marker => line.Item.Contains(marker, StringComparison.Ordinal))
            select $"{source}:{line.Index + 1}: {line.Item.Trim()}",
            rule);

    // At the line's beginning: types inside a type belong to it.
    [GeneratedRegex(@"^public (?:(?:static|sealed|abstract|readonly|ref|unsafe|partial|file) )*(?:class|struct|interface|enum|record struct|record class|record|delegate [\w<>\[\]?]+) (\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex("const string \\w+ = \"([^\"]+)\"")]
    private static partial Regex StringConstant();
}
