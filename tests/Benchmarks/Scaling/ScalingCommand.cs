using System.Globalization;
using LogPipeline.Tests.Kubernetes;
using LogPipeline.Tests.Kubernetes.Autoscaling;

namespace LogPipeline.Benchmarks.Scaling;

/// <summary>
/// <c>scale FOLDER [SCENARIO...]</c>: plays scenarios with real processes, one after the other; without names all of them. FOLDER has what node and aggregator were published to. Wants Prometheus. Each
/// but the trial leaves its result in <c>tests/recorded/scaling</c>; the exit code is 0 when nothing was lost or doubled.
/// </summary>
internal static class ScalingCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not [var cluster, .. var names])
        {
            await Console.Error.WriteLineAsync("scale FOLDER [burst] [outage] [steady] [trial]");
            return 2;
        }
        bool exact = true;
        foreach (ScalingScenario scenario in names is [] ? ScalingScenario.All : [.. names.Select(name => ScalingScenario.All.Append(ScalingScenario.Trial).Single(known => known.Name == name))])
        {
            DirectoryInfo folder = Directory.CreateTempSubdirectory($"scale-{scenario.Name}-");
            Console.WriteLine($"{scenario.Name}: files in {folder}");
            MeasuredScaling result = await new ScalingRun(scenario, Path.GetFullPath(cluster), folder.FullName).RunAsync();
            if (scenario != ScalingScenario.Trial) result.Save(Repository.FullPath(MeasuredScaling.Folder));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{scenario.Name}: {result.WrittenLines} lines written, {result.LostLines} lost, {result.DoubledLines} doubled, {result.SentAgain} sent again; {result.Started} aggregators started, {result.BadEnds} bad ends; at most {result.LongestEndSeconds:0.0} s to leave"));
            Console.WriteLine(MeasuredScaling.Table([result]));
            bool whole = result is { LostLines: 0, DoubledLines: 0 };
            if (whole) folder.Delete(recursive: true);
            exact &= whole;
        }
        return exact ? 0 : 1;
    }
}
