using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using LogPipeline.Formats;
using LogPipeline.Joining;

namespace LogPipeline.Tests.Joining;

/// <summary>CRI files that real containers wrote, and the records that belong in them.</summary>
public class RecordedTraceTests
{
    private static readonly string s_folder = Folder();

    public static TheoryData<string, string> LanguagesAndPresets()
    {
        var data = new TheoryData<string, string>();
        foreach (string language in new[] { "java", "python", "go", "dotnet", "node", "ruby", "php" })
        {
            data.Add(language, "auto");
            data.Add(language, language);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(LanguagesAndPresets))]
    public void A_languages_sample_joins_into_exactly_its_records(string language, string preset)
    {
        var expected = new Dictionary<SubStream, List<string>> { [SubStream.Stdout] = [], [SubStream.Stderr] = [] };
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_folder, language, "records.json")));
        foreach (JsonElement record in json.RootElement.EnumerateArray())
        {
            expected[record.GetProperty("stream").GetString() == "out" ? SubStream.Stdout : SubStream.Stderr].Add(record.GetProperty("text").GetString()!);
        }

        for (int chunk = 1; chunk < 6; chunk++)
        {
            List<CollectedRecord> records = EntryStream.OfCri(Read(language, "0.log")).Join(Rules.Of(preset), () => chunk);
            foreach ((SubStream lane, List<string> texts) in expected)
            {
                Assert.Equal(texts, records.Where(r => r.SubStream == lane).Select(r => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(r.Text))));
            }

            Assert.All(records, r => Assert.Equal(RecordFlags.None, r.Flags));
        }
    }

    [Fact]
    public void Lines_that_come_slowly_belong_together_while_the_pause_is_shorter_than_the_limit()
    {
        EntryStream stream = EntryStream.OfCri(Read("slowmulti-app", "0.log"));
        Assert.Equal([5, 1, 5, 1, 5, 1], stream.Join(Rules.Of(flushAfterSeconds: 10)).Select(r => r.Lines));
        Assert.Equal([5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], stream.Join(Rules.Of(flushAfterSeconds: 2)).Select(r => r.Lines));
    }

    [Fact]
    public void Parts_stamped_together_after_a_pause_are_one_line()
    {
        List<CollectedRecord> records = EntryStream.OfCri(Read("slowmulti-halflines", "0.log")).Join(Rules.Of("none"));
        string written = Encoding.Latin1.GetString(Read("slowmulti-halflines", "stdout"));
        Assert.Equal(written.TrimEnd('\n').Split('\n'), records.Select(r => r.Text));
        Assert.Contains(records, r => r.Lines > 1);
    }

    private static byte[] Read(string sample, string file) => File.ReadAllBytes(Path.Combine(s_folder, sample, file));

    private static string Folder([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "../../recorded/traces"));
}
