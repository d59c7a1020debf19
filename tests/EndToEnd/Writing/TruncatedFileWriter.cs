namespace LogPipeline.Tests.Writing;

/// <summary>logrotate with <c>copytruncate</c>. The application pauses meanwhile: what it wrote between the copy and the truncation would be lost to everyone.</summary>
internal sealed class TruncatedFileWriter(string directory, Logrotate logrotate, Random random, string name) : PlainWriter(directory, random, name)
{
    protected override bool IsNew => !File.Exists(LivePath) || new FileInfo(LivePath).Length == 0;

    public override void Rotate()
    {
        if (IsNew) return;
        Finish();
        logrotate.Run(LivePath);
    }

    public override void DeleteRotated() => Logrotate.DeleteRotated(LivePath);

    public override void Dispose()
    {
    }

    // Opened for every write: what was truncated is written from its start again, as with O_APPEND.
    protected override void Store(ReadOnlySpan<byte> bytes)
    {
        using FileStream file = Append(LivePath);
        file.Write(bytes);
    }
}
