using LogPipeline.Configuration;
using LogPipeline.Sources;
using LogPipeline.Sources.Layouts;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests.Sources;

/// <summary>Whatever happens on the disk, a catalog that followed it by events and slices knows what one that starts now would find.</summary>
public sealed class SourceCatalogPropertyTests
{
    private static readonly string[] Directories =
        ["/disk/a", "/disk/b", "/disk/a/deep", "/disk/b/deep/er", "/disk/pods/shop_cart-1_u1/app", "/disk/pods/shop_cart-1_u1/side", "/disk/pods/web_front_u2/app"];

    private static readonly string[] Names = ["app.log", "app.log.1", "app.log.2.gz", "app.log.1.gz", "web.log", "web-20261119.log", "0.log", "1.log", "0.log.20261120-155410", "0.log.20261120-155410.gz", "0.log.20261120-155410.tmp", "other"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_catalog_that_followed_every_change_equals_a_new_one(bool birthTimes)
    {
        for (int seed = 0; seed < 150; seed++)
        {
            try
            {
                Follow(new Random(seed), birthTimes);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"seed {seed}", failure);
            }
        }
    }

    private static void Follow(Random random, bool birthTimes)
    {
        using var disk = new InMemoryFileSystem { ReuseInodes = true, HasBirthTimes = birthTimes };
        SourceOptions[] sources =
        [
            new() { Path = "/disk/*/link2/link*", Format = "docker" },
            new() { Path = "/disk/b/**/app.log" },
            new() { Path = "/disk/*/link*", Exclude = ["/disk/b/link1"] },
            new() { Path = "/disk/pods/*/*/[01].log", Exclude = ["/disk/pods/*/side"] },
            new() { Path = "/disk/**/[aw]*[pb].log", Format = "cri" },
            new() { Path = "/disk/*/deep/*/1.log" },
        ];
        var catalog = new SourceCatalog(sources, disk, ["/disk/pods/web_front_u2/app"], null, disk.Time);
        var known = catalog.Scan().ToDictionary(stream => stream.Key);
        for (int round = 0; round < 25; round++)
        {
            var touched = new HashSet<string>();
            for (int i = random.Next(1, 6); i > 0; i--) Change(disk, random, touched);
            disk.NowNanos += random.Next(3) * 1_500_000_000L;
            Apply(known, catalog.Scan(touched));
            if (random.Next(3) > 0) continue;

            // Slices find what no event tells: modes, links whose target came or went.
            for (int i = 0; i < 23; i++) Apply(known, catalog.ScanSlice(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)));
            var fresh = new SourceCatalog(sources, disk, ["/disk/pods/web_front_u2/app"], null, disk.Time);
            string[] expected = [.. fresh.Scan().Select(Describe)];
            Assert.Equal(expected, known.Values.Select(Describe).Order(StringComparer.Ordinal));
            Assert.Equal(expected, catalog.Scan().Select(Describe));
            Assert.Equal(fresh.Directories.Order(StringComparer.Ordinal), catalog.Directories.Order(StringComparer.Ordinal));
            Assert.Equal(fresh.Unreadable.Select(file => file.Path).Order(StringComparer.Ordinal), catalog.Unreadable.Select(file => file.Path).Order(StringComparer.Ordinal));
            Assert.Equal(known.Values.Sum(stream => stream.Files.Count), catalog.FileCount);
            Assert.Equal(known.Values.Sum(stream => stream.Files.Count), known.Values.SelectMany(stream => stream.Files).Select(file => file.Inode).Distinct().Count());
        }
    }

    private static void Apply(Dictionary<string, DiscoveredStream> known, CatalogChanges changes)
    {
        foreach (DiscoveredStream stream in changes.Streams) known[stream.Key] = stream;
        foreach (string key in changes.Gone) Assert.True(known.Remove(key), key);
    }

    private static void Change(InMemoryFileSystem disk, Random random, HashSet<string> touched)
    {
        string directory = Directories[random.Next(Directories.Length)];
        string path = $"{directory}/{Names[random.Next(Names.Length)]}";
        string other = $"{Directories[random.Next(Directories.Length)]}/{Names[random.Next(Names.Length)]}";
        string link = $"{Directories[random.Next(3)]}/link{random.Next(3)}";
        touched.UnionWith(["/disk", "/disk/a", "/disk/b", "/disk/b/deep", "/disk/pods", "/disk/pods/shop_cart-1_u1", "/disk/pods/web_front_u2", .. Directories]);
        try
        {
            switch (random.Next(14))
            {
                case < 4: disk.Write(path, "x"u8); break;
                case < 6: disk.Rename(path, other); break;
                case 6: disk.Delete(path); break;
                case 7: disk.HardLink(other, path); break;
                // No links to rotated names, as no glob matches one: then it would matter which live files were seen before.
                case 8 when RotatedName.TryParse(Path.GetFileName(path), out _, out _): break;
                case 8: disk.Symlink(random.Next(2) == 0 ? link : other, random.Next(2) == 0 ? path : link); break;
                case 9: disk.Symlink(link, Directories[random.Next(3)]); break;
                case 10: disk.Delete(link); break;
                // Not of directories: what was known of one that is closed stays known, and a new catalog cannot know it.
                case 11 when disk.Stat(path) is not { IsRegular: true }: break;
                case 11: disk.SetMode(path, random.Next(2) == 0 ? 0x1A4 : 0x1A0); break;
                case 12: disk.DeleteDirectory(directory); break;
                default: disk.Append(path, "y"u8); break;
            }
        }
        catch (IOException)
        {
            // There was nothing to change.
        }
        catch (ArgumentException)
        {
            // The name is taken.
        }
    }

    private static string Describe(DiscoveredStream stream) =>
        $"{stream.Kind switch { SourceKind.Kubelet => 0, SourceKind.Docker => 1, _ => 2 }} {stream.Key} {stream.Format} {stream.Origin} {stream.Ended}: {string.Join(", ", stream.Files)}";
}
