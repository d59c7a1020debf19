namespace LogPipeline.Joining.Traces;

/// <summary>
/// How far a pending record has come, judged by its own lines alone. Numbers are persisted in <see cref="LaneState"/> (six bits): they
/// are never reused or renumbered. The states named "undecided" hold lines that belong to the record only if a later line says so.
/// </summary>
internal enum TraceState : byte
{
    /// <summary>One line of no special kind.</summary>
    Plain = 0,

    /// <summary>Nothing can follow: the record is handed on at once.</summary>
    Closed = 1,

    /// <summary>A line and indented ones.</summary>
    Block = 2,

    /// <summary>Undecided: an empty line after <see cref="Block"/>.</summary>
    BlockBlank = 3,

    /// <summary>Stack frames were seen.</summary>
    Trace = 4,

    /// <summary>An empty line after <see cref="Trace"/>; it belongs to it.</summary>
    TraceBlank = 5,

    /// <summary>Undecided: an empty line after <see cref="Plain"/>; an exception's header and frames may follow.</summary>
    PlainBlank = 6,

    /// <summary>Undecided: an exception's header after <see cref="Plain"/> (and maybe an empty line); a frame decides.</summary>
    PlainHeader = 7,

    /// <summary>One line: the header of an exception (<c>java.lang.X: message</c>).</summary>
    Header = 8,

    /// <summary>One indented line that follows nothing; only frames join it.</summary>
    Orphan = 9,

    /// <summary>Python: behind <c>Traceback (most recent call last):</c>, before the exception's own line.</summary>
    PythonTraceback = 10,

    /// <summary>Python: behind the exception's own line.</summary>
    PythonRaised = 11,

    /// <summary>Python: an empty line after <see cref="PythonRaised"/>.</summary>
    PythonRaisedBlank = 12,

    /// <summary>Python: behind "During handling of the above exception…".</summary>
    PythonChained = 13,

    /// <summary>Python, undecided: asyncio's <c>future: &lt;Task …&gt;</c> between a line and its traceback.</summary>
    PythonContext = 14,

    /// <summary>Python: a crash of the interpreter with its threads.</summary>
    PythonFatal = 15,

    /// <summary>Go: <c>panic:</c> or <c>fatal error:</c>.</summary>
    GoPanic = 16,

    /// <summary>Go: inside a goroutine's frames.</summary>
    GoFrames = 17,

    /// <summary>Go: an empty line after either.</summary>
    GoBlank = 18,

    /// <summary>Node: the place of an uncaught error, <c>/app/x.js:27</c>.</summary>
    NodePlace = 19,

    /// <summary>Node: the line of source after the place.</summary>
    NodeSource = 20,

    /// <summary>Node, undecided: a line after the place that is source if a caret follows.</summary>
    NodeSourceGuess = 21,

    /// <summary>Node: the caret under the source.</summary>
    NodeCaret = 22,

    /// <summary>Node: the empty line after the caret; what was thrown follows.</summary>
    NodeCaretBlank = 23,

    /// <summary>Node: inside <c>Require stack:</c>.</summary>
    NodeRequire = 24,

    /// <summary>PHP: inside <c>Stack trace:</c>.</summary>
    PhpStack = 25,

    /// <summary>One line of mere text: as <see cref="Plain"/>, but indented lines do not follow it (see <see cref="BlockOpening"/>).</summary>
    Bare = 26,

    /// <summary>An exception's header or a cause, perhaps with indented lines of its message: otherwise as <see cref="Block"/>, but the message may go on unindented.</summary>
    Raised = 27,

    /// <summary>Undecided: an exception's header behind a line, or unindented lines of its message (see <see cref="MessageLines"/>); a frame decides.</summary>
    Message = 28,

    /// <summary>Not yet looked at: a record of one line. Never persisted.</summary>
    Unread = 63,
}
