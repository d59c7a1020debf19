namespace LogPipeline.Sources;

/// <summary>The grammar of a file's lines. Persisted as text in pins: names are never reused.</summary>
public enum LogFormat : byte
{
    /// <summary>One line, one entry.</summary>
    Plain = 0,

    /// <summary><c>&lt;RFC3339Nano&gt; &lt;stdout|stderr&gt; &lt;P|F&gt;[:tag…] text</c>, as containerd and CRI-O write.</summary>
    Cri = 1,

    /// <summary>Docker's json-file driver.</summary>
    Docker = 2,
}
