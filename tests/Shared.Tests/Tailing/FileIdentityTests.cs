using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Tailing;

public sealed class FileIdentityTests
{
    private static readonly LogOrigin Origin = new() { Namespace = "shop", Pod = "cart-1", PodUid = "u", Container = "app", Restart = 1, ContainerId = "" };

    [Fact]
    public void A_containers_file_is_known_by_its_owner_and_first_line_alone()
    {
        FileId id = Of(Origin, "a\n");
        Assert.Equal(id, Of(Origin with { }, "a\n"));
        LogOrigin[] others = [Origin with { Namespace = "x" }, Origin with { Pod = "x" }, Origin with { PodUid = "x" }, Origin with { Container = "x" }, Origin with { Restart = 2 }];
        Assert.All(others, other => Assert.NotEqual(id, Of(other, "a\n")));
        Assert.NotEqual(id, Of(Origin, "b\n"));
    }

    [Fact]
    public void Names_that_run_together_are_told_apart() =>
        Assert.NotEqual(Of(Origin with { Namespace = "a", Pod = "bc" }, "x\n"), Of(Origin with { Namespace = "ab", Pod = "c" }, "x\n"));

    [Fact]
    public void An_id_survives_being_written() 
    {
        FileId id = Of(Origin, "a\n");
        Assert.True(FileId.TryParse(id.ToString(), out FileId parsed));
        Assert.Equal(id, parsed);
        byte[] bytes = new byte[FileId.Size];
        id.Write(bytes);
        Assert.Equal(id, FileId.Read(bytes));
    }

    [Theory]
    [InlineData("line\nnext", false, "line\n")]
    [InlineData("not yet", false, "")]
    [InlineData("the end", true, "the end")]
    [InlineData("", true, "")]
    public void A_fingerprint_covers_the_first_line_once_it_is_whole(string head, bool ended, string covered)
    {
        bool found = FileFingerprint.TryFindFirstLine(System.Text.Encoding.UTF8.GetBytes(head), ended, out ReadOnlySpan<byte> firstLine);
        Assert.Equal(covered.Length > 0, found);
        Assert.Equal(covered, System.Text.Encoding.UTF8.GetString(firstLine));
    }

    [Fact]
    public void A_fingerprint_covers_a_kilobyte_of_a_long_first_line()
    {
        Assert.True(FileFingerprint.TryFindFirstLine(new byte[5000], ended: false, out ReadOnlySpan<byte> firstLine));
        Assert.Equal(FileFingerprint.MaxBytes, firstLine.Length);
    }

    private static FileId Of(LogOrigin origin, string firstLine) => FileIdentity.OfContainerFile("c", SourceKind.Kubelet, origin, System.Text.Encoding.UTF8.GetBytes(firstLine));
}
