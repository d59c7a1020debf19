using LogPipeline.Ledger;

namespace LogPipeline.Tests.Ledger;

public sealed class TailCrcTests
{
    [Fact]
    public void Only_the_same_bytes_match()
    {
        byte[] content = new byte[10_000];
        new Random(3).NextBytes(content);
        var crc = TailCrc.Of(content.Length, content);
        byte[] covered = content[^crc.LengthBytes..];

        Assert.Equal(TailCrc.MaxBytes, crc.LengthBytes);
        Assert.True(crc.Matches(covered));
        covered[17] ^= 1;
        Assert.False(crc.Matches(covered));
        Assert.False(crc.Matches(covered.AsSpan(1)));
    }

    [Fact]
    public void It_covers_what_there_is_of_a_small_file_and_nothing_of_an_empty_one()
    {
        Assert.Equal(3, TailCrc.Of(3, "xyz"u8).LengthBytes);
        Assert.True(default(TailCrc).Matches([]));
    }
}
