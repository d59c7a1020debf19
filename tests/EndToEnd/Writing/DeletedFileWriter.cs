namespace LogPipeline.Tests.Writing;

/// <summary>Nothing rotates it; somebody deletes it while it is open.</summary>
internal sealed class DeletedFileWriter : PlainWriter
{
    private FileStream _file;

    public DeletedFileWriter(string directory, Random random, string name) : base(directory, random, name) => _file = Append(LivePath);

    protected override bool IsNew => _file.Position == 0;

    public override void Rotate()
    {
    }

    public override void DeleteRotated()
    {
    }

    public override void DeleteLive()
    {
        File.Delete(LivePath);
        for (int lines = Random.Next(20); lines > 0; lines--) Write();
        EndFile();
        _file.Dispose();
        _file = Append(LivePath);
        Write();
    }

    public override void Dispose() => _file.Dispose();

    protected override void Store(ReadOnlySpan<byte> bytes) => _file.Write(bytes);
}
