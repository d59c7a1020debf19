using System.Globalization;
using System.Text.RegularExpressions;

namespace LogPipeline.Tests.Observability;

/// <summary>
/// A strict reader of the Prometheus text format 0.0.4: refuses what the format allows but a good exposition has not (samples without
/// TYPE, families in pieces, series twice, NaN), and histograms that contradict themselves.
/// </summary>
internal static partial class ExpositionParser
{
    public static Dictionary<string, double> Parse(string text)
    {
        Assert.EndsWith("\n", text);
        var series = new Dictionary<string, double>();
        var types = new Dictionary<string, string>();
        string family = "", help = "";
        foreach (string line in text[..^1].Split('\n'))
        {
            if (HelpLine().Match(line) is { Success: true } helped)
            {
                help = helped.Groups[1].Value;
                continue;
            }
            if (TypeLine().Match(line) is { Success: true } typed)
            {
                family = typed.Groups[1].Value;
                Assert.Equal(help, family);
                Assert.True(types.TryAdd(family, typed.Groups[2].Value), $"{family} comes in pieces");
                continue;
            }
            var sample = SampleLine().Match(line);
            Assert.True(sample.Success, $"no line of the format: {line}");
            string name = sample.Groups["name"].Value, type = types[family];
            Assert.Contains(name, type == "histogram" ? [family + "_bucket", family + "_sum", family + "_count"] : (string[])[family]);
            Assert.Equal(type == "counter", name.EndsWith("_total", StringComparison.Ordinal));
            double value = double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture);
            Assert.True(double.IsFinite(value), line);
            string labels = sample.Groups["labels"].Value;
            string[] names = [.. LabelName().Matches(labels).Select(match => match.Groups[1].Value)];
            Assert.Equal(names.Distinct(), names);
            Assert.True(series.TryAdd(name + labels, value), $"twice: {line}");
        }
        foreach (var (histogram, _) in types.Where(type => type.Value == "histogram")) CheckHistogram(histogram, series);
        return series;
    }

    private static void CheckHistogram(string name, Dictionary<string, double> series)
    {
        double[] buckets = [.. series.Where(one => one.Key.StartsWith(name + "_bucket{", StringComparison.Ordinal)).Select(one => one.Value)];
        Assert.Equal(buckets.Order(), buckets);
        Assert.Equal(series[name + "_bucket{le=\"+Inf\"}"], series[name + "_count"]);
        Assert.Contains(name + "_sum", series.Keys);
    }

    [GeneratedRegex("^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (?:[^\\\\]|\\\\\\\\|\\\\n)+$")]
    private static partial Regex HelpLine();

    [GeneratedRegex("^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?<labels>\{[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\[\\"n])*"(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\[\\"n])*")*\})? (?<value>\S+)$""")]
    private static partial Regex SampleLine();

    [GeneratedRegex("""([a-zA-Z_][a-zA-Z0-9_]*)="(?:[^"\\]|\\[\\"n])*"(?:,|\})""")]
    private static partial Regex LabelName();
}
