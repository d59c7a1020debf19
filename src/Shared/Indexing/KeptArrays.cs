using System.Numerics;

namespace LogPipeline.Indexing;

/// <summary>
/// Arrays in powers of two that are used again and again. What is returned is kept, as many as were ever out at once, until <see cref="Trim"/>: the
/// runtime's shared pool would keep them for as long as the process is quiet. Safe from any thread.
/// </summary>
public sealed class KeptArrays<T>
{
    private readonly Lock _gate = new();
    private readonly List<T[]> _kept = [];

    /// <summary>An array of at least so many elements, with anything in it; <see cref="Return"/> gives it back.</summary>
    public T[] Rent(int length)
    {
        int size = (int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)length), (uint)Array.MaxLength);
        lock (_gate)
        {
            for (int index = _kept.Count - 1; index >= 0; index--)
            {
                if (_kept[index].Length != size) continue;
                T[] kept = _kept[index];
                _kept.RemoveAt(index);
                return kept;
            }
        }
        return GC.AllocateUninitializedArray<T>(size);
    }

    public void Return(T[] array)
    {
        lock (_gate) _kept.Add(array);
    }

    /// <summary>Forgets what is kept, for the garbage collector to take.</summary>
    public void Trim()
    {
        lock (_gate) _kept.Clear();
    }
}
