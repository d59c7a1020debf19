namespace LogPipeline.Tests.Engine;

/// <summary>One parser of foreign bytes, and what must hold of it whatever they are.</summary>
internal abstract class FuzzTarget
{
    /// <summary>Names it, and its folder of the corpus.</summary>
    public abstract string Name { get; }

    /// <summary>Pieces that mean something to the parser: mutation puts them in.</summary>
    public virtual IReadOnlyList<string> Tokens => [];

    /// <summary>Inputs longer than this are cut.</summary>
    public virtual int MaxBytes => 32 << 10;

    /// <summary>An input for one case: by default one of the corpus, changed.</summary>
    public virtual byte[] Generate(Random random, IReadOnlyList<byte[]> corpus) =>
        Mutator.Mutate(corpus[random.Next(corpus.Count)], corpus[random.Next(corpus.Count)], random, Tokens, MaxBytes);

    /// <summary>
    /// Parses, and throws whatever shows that something does not hold. It must not depend on anything but its arguments, and on what <see cref="Generate"/> of the
    /// same case kept.
    /// </summary>
    public abstract void Check(byte[] input, Random random);

    protected static void Hold(bool condition, string what)
    {
        if (!condition) throw new FuzzFailureException(what);
    }
}
