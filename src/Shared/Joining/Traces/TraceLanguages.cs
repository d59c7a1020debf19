namespace LogPipeline.Joining.Traces;

/// <summary>Whose multi-line records are recognised. Indented lines are joined for all of them.</summary>
[Flags]
internal enum TraceLanguages : byte
{
    /// <summary>Only lines that begin with a blank or a tab (preset <c>indented</c>).</summary>
    Indented = 0,
    Java = 1,
    DotNet = 2,
    Python = 4,
    Go = 8,
    Node = 16,
    Ruby = 32,
    Php = 64,
    All = Java | DotNet | Python | Go | Node | Ruby | Php,

    /// <summary>No language: messages of exceptions may span lines that are not indented (rules from version 2 on).</summary>
    Messages = 128,
}
