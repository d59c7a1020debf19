using LogPipeline.Indexing;

namespace LogPipeline.Tests.Indexing.Bodies;

public sealed class KeptArraysTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(16, 16)]
    [InlineData(17, 32)]
    [InlineData((4 << 20) - 1, 4 << 20)]
    public void An_array_has_the_next_power_of_two_of_elements(int wanted, int length) => Assert.Equal(length, new KeptArrays<byte>().Rent(wanted).Length);

    [Fact]
    public void What_was_returned_is_rented_again_by_whoever_wants_that_size()
    {
        var arrays = new KeptArrays<int>();
        int[] small = arrays.Rent(100), large = arrays.Rent(1000);
        arrays.Return(small);
        arrays.Return(large);

        Assert.Same(large, arrays.Rent(1024));
        Assert.Same(small, arrays.Rent(65));
        Assert.NotSame(small, arrays.Rent(65));
    }

    [Fact]
    public void As_many_are_kept_as_were_ever_out_at_once()
    {
        var arrays = new KeptArrays<byte>();
        HashSet<byte[]> first = [.. Enumerable.Range(0, 50).Select(_ => arrays.Rent(64))];
        foreach (byte[] array in first) arrays.Return(array);

        Assert.Equal(50, first.Count);
        Assert.All(Enumerable.Range(0, 50).Select(_ => arrays.Rent(64)), array => Assert.Contains(array, first));
    }

    [Fact]
    public void Trimmed_arrays_are_left_to_the_garbage_collector()
    {
        var arrays = new KeptArrays<byte>();
        WeakReference array = RentAndReturn(arrays);

        arrays.Trim();
        GC.Collect();

        Assert.False(array.IsAlive);

        static WeakReference RentAndReturn(KeptArrays<byte> arrays)
        {
            byte[] rented = arrays.Rent(1 << 20);
            arrays.Return(rented);
            return new WeakReference(rented);
        }
    }

    [Fact]
    public void No_two_threads_ever_have_the_same_array()
    {
        var arrays = new KeptArrays<int>();
        Parallel.For(0, 8, thread =>
        {
            var random = new Random(thread);
            for (int round = 0; round < 2000; round++)
            {
                int[] array = arrays.Rent(1 << random.Next(4));
                array[0] = thread;
                if (round % 500 == 0) arrays.Trim();
                Thread.SpinWait(random.Next(20));
                Assert.Equal(thread, array[0]);
                arrays.Return(array);
            }
        });
    }
}
