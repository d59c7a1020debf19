using LogPipeline.Ledger.Journal;
using LogPipeline.Ledger;

namespace LogPipeline.Tests.Ledger;

public sealed class Crc32CTests
{
    /// <summary>RFC 3720, appendix B.4, and the usual check value.</summary>
    [Fact]
    public void Known_checksums_come_out()
    {
        byte[] ascending = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];
        Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Compute(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Crc32C.Compute(ascending));
        Assert.Equal(0u, Crc32C.Compute([]));
    }

    [Fact]
    public void A_checksum_can_be_continued_anywhere()
    {
        var data = new byte[67];
        new Random(5).NextBytes(data);
        for (int cut = 0; cut <= data.Length; cut++)
        {
            Assert.Equal(Crc32C.Compute(data), Crc32C.Append(Crc32C.Compute(data.AsSpan(0, cut)), data.AsSpan(cut)));
        }
    }
}
