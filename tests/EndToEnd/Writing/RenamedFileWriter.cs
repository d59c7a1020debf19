namespace LogPipeline.Tests.Writing;

/// <summary>logrotate with <c>create</c>: the file is renamed and made anew; the application goes on in the old one until it is told to reopen.</summary>
internal sealed class RenamedFileWriter : PlainWriter
{
    private readonly Logrotate _logrotate;
    private FileStream _file;

    public RenamedFileWriter(string directory, Logrotate logrotate, Random random, string name) : base(directory, random, name)
    {
        _logrotate = logrotate;
        _file = Append(LivePath);
    }

    protected override bool IsNew => _file.Position == 0;

    public override void Rotate()
    {
        if (IsNew) return;
        _logrotate.Run(LivePath);
        for (int lines = Random.Next(4); lines > 0; lines--) Write();
        if (Random.Next(4) > 0) Finish();
        EndFile();
        _file.Dispose();
        _file = Append(LivePath);
    }

    public override void DeleteRotated() => Logrotate.DeleteRotated(LivePath);

    public override void Dispose() => _file.Dispose();

    protected override void Store(ReadOnlySpan<byte> bytes) => _file.Write(bytes);
}
