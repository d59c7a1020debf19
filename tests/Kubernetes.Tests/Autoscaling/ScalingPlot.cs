using System.Globalization;
using System.Text;

namespace LogPipeline.Tests.Kubernetes.Autoscaling;

/// <summary>Runs as one SVG: what waits as an area, the aggregators as a line, a panel each.</summary>
internal static class ScalingPlot
{
    private const int Width = 860, PanelHeight = 190, Left = 60, Right = 60, Top = 34, Bottom = 30, EverySeconds = 10;

    /// <param name="mostReplicas">Where the scale of the aggregators ends.</param>
    /// <param name="leastBytes">Where the scale of what waits ends at the lowest.</param>
    /// <param name="panels">A run each.</param>
    public static string Render(int mostReplicas, double leastBytes, IReadOnlyList<(string Title, IReadOnlyList<ScalingSample> Samples)> panels)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {panels.Count * PanelHeight}\" font-family=\"sans-serif\" font-size=\"11\" fill=\"#333\">\n");
        svg.Append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
        for (int i = 0; i < panels.Count; i++) Append(svg, panels[i].Title, panels[i].Samples, i * PanelHeight, mostReplicas, leastBytes);
        return svg.Append("</svg>\n").ToString();
    }

    private static void Append(StringBuilder svg, string title, IReadOnlyList<ScalingSample> samples, int y, int mostReplicas, double leastBytes)
    {
        int plotWidth = Width - Left - Right, plotHeight = PanelHeight - Top - Bottom, floor = y + PanelHeight - Bottom;
        double seconds = samples[^1].Second + 1, mostWaiting = Math.Max(leastBytes, samples.Max(sample => sample.Backlog));
        double X(int second) => Left + second / seconds * plotWidth;
        ScalingSample[] drawn = [.. samples.GroupBy(sample => sample.Second / EverySeconds).Select(group => group.First())];
        string area = string.Join(' ', drawn.Select(sample => Point(X(sample.Second), floor - sample.Backlog / mostWaiting * plotHeight)));
        string line = string.Join(' ', drawn.Select(sample => Point(X(sample.Second), floor - sample.Ready / (double)mostReplicas * plotHeight)));
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"{y + 18}\" font-size=\"13\">{title}</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<polygon points=\"{Point(X(0), floor)} {area} {Point(X(samples[^1].Second), floor)}\" fill=\"#f2c14e\" fill-opacity=\"0.6\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{line}\" fill=\"none\" stroke=\"#1f4e79\" stroke-width=\"2\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {y + Top}V{floor}H{Width - Right}V{y + Top}\" fill=\"none\" stroke=\"#999\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{y + Top + 8}\" text-anchor=\"end\" fill=\"#a67c00\">{mostWaiting / 1e9:0.0} GB</text><text x=\"{Left - 6}\" y=\"{floor}\" text-anchor=\"end\" fill=\"#a67c00\">0</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - Right + 6}\" y=\"{y + Top + 8}\" fill=\"#1f4e79\">{mostReplicas} agg.</text><text x=\"{Width - Right + 6}\" y=\"{floor}\" fill=\"#1f4e79\">0</text>\n");
        for (int minute = 0; minute * 60 <= seconds; minute += seconds > 3600 ? 15 : 5)
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(minute * 60):0}\" y=\"{floor + 16}\" text-anchor=\"middle\">{minute} min</text>\n");
    }

    private static string Point(double x, double y) => string.Create(CultureInfo.InvariantCulture, $"{x:0.#},{y:0.#}");
}
