using System.Text;

namespace LogPipeline.Tests.Writing;

/// <summary>An application's own file: its buffer may be flushed in the middle of a line, or of a character.</summary>
internal abstract class PlainWriter : LogWriter
{
    private readonly List<byte> _open = [];

    protected PlainWriter(string directory, Random random, string name) : base(random, name)
    {
        LivePath = Path.Combine(directory, name + ".log");
        Tenant = "default";
    }

    public override string LivePath { get; }

    public override void Write()
    {
        foreach (string line in Text.Next())
        {
            byte[] text = Encoding.UTF8.GetBytes(line);
            // The first line tells files apart.
            if (IsNew) text = [.. Encoding.UTF8.GetBytes(Text.NextHead()), .. text];
            int half = Random.Next(8) == 0 ? Random.Next(text.Length + 1) : text.Length;
            Put(text.AsSpan(0, half));
            if (half < text.Length && Random.Next(2) == 0) return;
            Put(text.AsSpan(half));
            EndLine();
        }
    }

    public override void Finish()
    {
        if (_open.Count > 0) EndLine();
    }

    /// <summary>The file was closed within a line, which ends there.</summary>
    protected void EndFile()
    {
        if (_open.Count > 0) Keep();
    }

    protected abstract bool IsNew { get; }

    protected abstract void Store(ReadOnlySpan<byte> bytes);

    private void EndLine()
    {
        Store("\n"u8);
        Lane(LivePath).Bytes++;
        Keep();
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        Store(bytes);
        Lane(LivePath).Bytes += bytes.Length;
        _open.AddRange(bytes);
    }

    private void Keep()
    {
        Lane(LivePath).Lines.Add(new(Encoding.UTF8.GetString([.. _open]), null));
        _open.Clear();
    }
}
