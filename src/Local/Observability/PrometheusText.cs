using System.Globalization;
using System.Text;

namespace LogPipeline.Local.Observability;

/// <summary>
/// Writes the Prometheus text format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format): a family is its HELP, its TYPE and its samples.
/// </summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new(8_192);

    public void Family(MetricFamily family)
    {
        Header(family.Name, family.Help, family.Type);
        foreach (var (labels, series) in family.Series)
        {
            if (family.Type == MetricType.Histogram) Histogram(family.Name, labels, series);
            else Sample(family.Name, labels, series.Value);
        }
    }

    /// <summary>A family with one series.</summary>
    public void Single(string name, MetricType type, string help, double value, string labels = "")
    {
        Header(name, help, type);
        Sample(name, labels, value);
    }

    public void Header(string name, string help, MetricType type)
    {
        string escaped = help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        string word = type switch { MetricType.Counter => "counter", MetricType.Histogram => "histogram", _ => "gauge" };
        _text.Append("# HELP ").Append(name).Append(' ').Append(escaped).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(word).Append('\n');
    }

    public void Sample(string name, string labels, double value)
    {
        _text.Append(name);
        if (labels.Length > 0) _text.Append('{').Append(labels).Append('}');
        _text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    public override string ToString() => _text.ToString();

    private void Histogram(string name, string labels, MetricSeries series)
    {
        double sum = series.Value;
        long[] counts = series.CumulativeBuckets();
        string prefix = labels.Length > 0 ? labels + "," : "";
        for (int i = 0; i < counts.Length; i++)
        {
            string bound = i < MetricSeries.BucketBounds.Length ? MetricSeries.BucketBounds[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
            Sample(name + "_bucket", $"{prefix}le=\"{bound}\"", counts[i]);
        }
        Sample(name + "_sum", labels, sum);
        Sample(name + "_count", labels, counts[^1]);
    }
}
