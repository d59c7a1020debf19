using LogPipeline.Sources;
using LogPipeline.Sources.Layouts;
using LogPipeline.Tests.Simulation.Writers;

namespace LogPipeline.Tests.Simulation;

/// <summary>
/// A directory that was listed while it changed: some of its names are as they were before, the others as they were afterwards. A renamed file is there under both names, or
/// under neither.
/// </summary>
internal static class TornListing
{
    private static readonly Comparer<Rotation> s_byAge = Comparer<Rotation>.Create(static (left, right) => left.CompareAge(right));

    public static IEnumerable<Listing> Of(IReadOnlyList<Listing> before, IReadOnlyList<Listing> after, Random random)
    {
        foreach (Listing late in after)
        {
            Listing? early = before.FirstOrDefault(listing => listing.Stream.Key == late.Stream.Key);
            yield return early is null ? late : Mix(early, late, random);
        }
    }

    private static Listing Mix(Listing early, Listing late, Random random)
    {
        string[] names = [.. early.Stream.Files.Concat(late.Stream.Files).Select(file => file.Path).Distinct().Order(StringComparer.Ordinal)];
        HashSet<string> old = [.. names.Where(_ => random.Next(2) == 0)];
        IEnumerable<DiscoveredFile> mixed = early.Stream.Files.Where(file => old.Contains(file.Path)).Concat(late.Stream.Files.Where(file => !old.Contains(file.Path)));
        // In the catalog's order: the oldest first, by name; of two names of one file the younger one.
        IEnumerable<DiscoveredFile> ordered = mixed.OrderBy(file => file.Live).ThenBy(RotationOf, s_byAge).ThenBy(file => file.ModifiedNanos);
        List<DiscoveredFile> files = [.. ordered.Reverse().DistinctBy(file => file.Inode).Reverse()];
        // Only what both knew counts as shown.
        List<(WrittenFile File, long SizeBytes)> shown = [.. early.Shown.Where(known => late.Shown.Any(now => now.File == known.File))];
        return new(late.Stream with { Files = files, ListedAt = early.Stream.ListedAt }, shown);
    }

    private static Rotation RotationOf(DiscoveredFile file) => RotatedName.TryParse(Path.GetFileName(file.Path), out _, out Rotation rotation) ? rotation : default;
}
