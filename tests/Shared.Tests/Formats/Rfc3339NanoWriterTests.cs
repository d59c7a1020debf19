using System.Text;
using LogPipeline.Formats;

namespace LogPipeline.Tests.Formats;

public class Rfc3339NanoWriterTests
{
    [Fact]
    public void What_it_remembers_never_shows()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        var writer = new Rfc3339NanoWriter();
        long[] steps = [0, 1, 999_999_999, 1_000_000_000, 61_000_000_000, 86_400_000_000_000];
        long nanos = 0;
        for (int run = 0; run < 20_000; run++)
        {
            nanos = random.Next(100) == 0 ? random.NextInt64(-9_000_000_000_000_000_000, 9_000_000_000_000_000_000) : nanos + (steps[random.Next(steps.Length)] * random.Next(-1, 3)) + random.Next(-1000, 1000);
            Assert.True(Text(writer.Write, nanos) == Text(Rfc3339Nano.Write, nanos), $"seed {seed}, run {run}, {nanos}");
            if (Math.Abs(nanos) > 9_100_000_000_000_000_000) nanos = 0;
        }
    }

    [Theory]
    [InlineData(0, "1970-01-01T00:00:00.000000000Z")]
    [InlineData(-1, "1969-12-31T23:59:59.999999999Z")]
    [InlineData(1_795_190_410_123_456_789, "2026-11-20T16:00:10.123456789Z")]
    public void The_first_second_is_written_like_any_other(long nanos, string expected) => Assert.Equal(expected, Text(new Rfc3339NanoWriter().Write, nanos));

    private delegate int Write(long nanos, Span<byte> destination);

    private static string Text(Write write, long nanos)
    {
        Span<byte> destination = stackalloc byte[Rfc3339Nano.WrittenLength];
        return Encoding.ASCII.GetString(destination[..write(nanos, destination)]);
    }
}
