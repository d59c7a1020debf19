using System.Globalization;
using System.Text;
using LogPipeline.Formats;

namespace LogPipeline.Tests.Formats;

public class DecimalTextTests
{
    public static TheoryData<long> Edges()
    {
        TheoryData<long> edges = [0, long.MaxValue];
        for (long power = 1; power < long.MaxValue / 10; power *= 10)
        {
            edges.Add(power);
            edges.Add((power * 10) - 1);
        }
        return edges;
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public void Numbers_are_written_as_the_framework_writes_them(long value) => Check(value, "");

    [Fact]
    public void Numbers_of_any_size_are_written_as_the_framework_writes_them()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        for (int run = 0; run < 20_000; run++) Check(random.NextInt64() >> random.Next(63), $"seed {seed}, run {run}");
    }

    [Fact]
    public void Every_number_of_four_digits_is_written_in_eight()
    {
        for (uint value = 0; value < 10_000; value++)
        {
            Assert.Equal(value.ToString("D8", CultureInfo.InvariantCulture), Text(DecimalText.Eight(value)));
            Assert.Equal((value * 10_000).ToString("D8", CultureInfo.InvariantCulture), Text(DecimalText.Eight(value * 10_000)));
        }

        static string Text(ulong digits) => Encoding.ASCII.GetString(BitConverter.GetBytes(digits));
    }

    private static void Check(long value, string run)
    {
        Span<byte> destination = stackalloc byte[24];
        int length = DecimalText.Write(value, destination);
        Assert.True(Encoding.ASCII.GetString(destination[..length]) == value.ToString(CultureInfo.InvariantCulture), $"{value} {run}");
        length = DecimalText.WriteFifteen(value, destination);
        Assert.True(Encoding.ASCII.GetString(destination[..length]) == value.ToString("D15", CultureInfo.InvariantCulture), $"{value} {run}");
    }
}
