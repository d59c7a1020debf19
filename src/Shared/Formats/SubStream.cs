namespace LogPipeline.Formats;

/// <summary>
/// Which of a container's two outputs an entry came from. Lines of a plain file, and lines that fit no grammar, belong to
/// <see cref="None"/>. Each sub-stream of a file is joined and resumed on its own.
/// </summary>
public enum SubStream : byte
{
    None = 0,
    Stdout = 1,
    Stderr = 2,
}
