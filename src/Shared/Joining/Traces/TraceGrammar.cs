using System.Buffers;

namespace LogPipeline.Joining.Traces;

/// <summary>
/// Tells which lines belong to the record before them, for stack traces and other blocks of the usual languages.
/// <code>
/// record    = line                                   ; whatever the language
///           | opening 1*indented *closer             ; a block: dotnet console, printed JSON; see BlockOpening (presets: any line opens)
///           | line [blank] header 1*frame trace      ; a logger's line with its exception; see MessageLines for what may stand before its frames
///           | line 1*frame trace
///           | one of the languages' own shapes       ; see PythonLines, GoLines, NodeLines, RubyLines, PhpLines
/// trace     = *(frame | indented | caused | closer | blank)
/// frame     = blanks ("at " | "... n" | "from " | "File " | "/" | "---" …)
/// caused    = ("Caused by: " | "Wrapped by: " | "Suppressed: " | "--- End of ") …
/// </code>
/// Only the record's own lines are looked at, so that reading again from a record's beginning tells the same, wherever that is.
/// An ordinary log line is told from its first byte.
/// </summary>
internal static class TraceGrammar
{
    /// <summary>First bytes of lines that can continue some one-line record; the others never do (digits, <c>{</c>, quotes, not ASCII).</summary>
    private static readonly SearchValues<byte> s_mayContinue =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz \t/[(#})]-<.^_"u8);

    /// <summary>First bytes of one-line records that any line may follow (<see cref="TraceState.NodePlace"/>), or a line beyond those above (<see cref="TraceState.PhpStack"/>).</summary>
    private static readonly SearchValues<byte> s_opensToAny = SearchValues.Create("/nf#"u8);

    /// <summary>True when a look at the first bytes is enough: <paramref name="line"/> begins a record after the one-line record <paramref name="pending"/>.</summary>
    public static bool SurelyBegins(ReadOnlySpan<byte> pending, ReadOnlySpan<byte> line) =>
        line.Length > 0 && !s_mayContinue.Contains(line[0]) && pending.Length > 0 && !s_opensToAny.Contains(pending[0]);

    /// <summary>The state after a record's first line.</summary>
    public static TraceState First(ReadOnlySpan<byte> line, TraceLanguages languages)
    {
        if (line.IsEmpty) return TraceState.Closed;
        if (LineShape.IsBlank(line[0]))
        {
            if (languages == TraceLanguages.Indented) return TraceState.Block;
            ReadOnlySpan<byte> text = IndentedLines.Trim(line);
            if ((languages & TraceLanguages.Python) != 0 && PythonLines.IsFrame(text)) return TraceState.PythonTraceback;
            return IndentedLines.IsFrame(text) ? TraceState.Trace : TraceState.Orphan;
        }

        TraceState state = TraceState.Plain;
        if ((languages & TraceLanguages.Python) != 0) state = PythonLines.First(line);
        if (state == TraceState.Plain && (languages & TraceLanguages.Go) != 0) state = GoLines.First(line);
        if (state == TraceState.Plain && (languages & TraceLanguages.Ruby) != 0) state = RubyLines.First(line);
        if (state == TraceState.Plain && (languages & TraceLanguages.Node) != 0) state = NodeLines.First(line);
        if (state == TraceState.Plain && (languages & TraceLanguages.Php) != 0) state = PhpLines.First(line);
        if (state == TraceState.Plain && (languages & JavaLines.Languages) != 0) state = JavaLines.First(line);
        return state == TraceState.Plain && (languages & TraceLanguages.All) == TraceLanguages.All && !BlockOpening.Opens(line) ? TraceState.Bare : state;
    }

    /// <summary>What <paramref name="line"/> is to a record in <paramref name="state"/>; <paramref name="next"/> is the state with it, unless it begins a record.</summary>
    public static LineVerdict Next(TraceState state, ReadOnlySpan<byte> line, TraceLanguages languages, out TraceState next)
    {
        next = state;
        if (state == TraceState.Closed) return LineVerdict.Begins;
        if (state == TraceState.Bare)
        {
            if (IndentedLines.IsPlain(line)) return LineVerdict.Begins;
            state = TraceState.Plain;
        }

        if (line.IsEmpty) return Blank(state, languages, out next);
        if (LineShape.IsBlank(line[0])) return IndentedLines.Next(state, line, languages, out next);
        switch (state)
        {
            case TraceState.PythonTraceback or TraceState.PythonRaisedBlank or TraceState.PythonChained or TraceState.PythonContext or TraceState.PythonFatal:
                return PythonLines.Next(state, line, out next);
            case TraceState.PythonRaised or TraceState.Orphan or TraceState.BlockBlank:
                return LineVerdict.Begins;
            case TraceState.GoPanic or TraceState.GoFrames or TraceState.GoBlank or TraceState.Plain or TraceState.Header
                or TraceState.PlainBlank or TraceState.PlainHeader or TraceState.Block or TraceState.Trace or TraceState.TraceBlank when !s_mayContinue.Contains(line[0]):
                return LineVerdict.Begins;
            case TraceState.GoPanic or TraceState.GoFrames or TraceState.GoBlank:
                return GoLines.Next(state, line, out next);
            case TraceState.NodePlace or TraceState.NodeSource or TraceState.NodeSourceGuess or TraceState.NodeCaret or TraceState.NodeCaretBlank or TraceState.NodeRequire:
                return NodeLines.Next(state, line, out next);
            case TraceState.PhpStack:
                return PhpLines.Next(line, out next);
            default:
                return Shared(state, line, languages, out next);
        }
    }

    private static LineVerdict Blank(TraceState state, TraceLanguages languages, out TraceState next)
    {
        next = state;
        if (languages == TraceLanguages.Indented) return LineVerdict.Begins;
        switch (state)
        {
            case TraceState.Plain or TraceState.Header:
                next = TraceState.PlainBlank;
                return LineVerdict.Undecided;
            case TraceState.Block or TraceState.Raised:
                next = TraceState.BlockBlank;
                return LineVerdict.Undecided;
            case TraceState.Message:
                return LineVerdict.Undecided;
            case TraceState.Trace or TraceState.PhpStack or TraceState.NodeRequire:
                next = TraceState.TraceBlank;
                return LineVerdict.Continues;
            case TraceState.PythonRaised:
                next = TraceState.PythonRaisedBlank;
                return LineVerdict.Continues;
            case TraceState.GoPanic or TraceState.GoFrames:
                next = TraceState.GoBlank;
                return LineVerdict.Continues;
            case TraceState.NodeCaret:
                next = TraceState.NodeCaretBlank;
                return LineVerdict.Continues;
            case TraceState.TraceBlank or TraceState.GoBlank or TraceState.NodeSource
                or TraceState.PythonTraceback or TraceState.PythonRaisedBlank or TraceState.PythonChained or TraceState.PythonFatal:
                return LineVerdict.Continues;
            default:
                return LineVerdict.Begins;
        }
    }

    /// <summary>States that no language has for itself: each language may take the line.</summary>
    private static LineVerdict Shared(TraceState state, ReadOnlySpan<byte> line, TraceLanguages languages, out TraceState next)
    {
        TraceState shared = state == TraceState.Raised ? TraceState.Block : state;
        LineVerdict verdict = LineVerdict.Begins;
        next = shared;
        if ((languages & TraceLanguages.Node) != 0) verdict = NodeLines.AfterAny(shared, line, out next);
        if (verdict == LineVerdict.Begins && (languages & TraceLanguages.Python) != 0) verdict = PythonLines.AfterAny(shared, line, out next);
        if (verdict == LineVerdict.Begins && (languages & TraceLanguages.Ruby) != 0) verdict = RubyLines.AfterAny(shared, line, out next);
        if (verdict == LineVerdict.Begins && (languages & TraceLanguages.Php) != 0) verdict = PhpLines.AfterAny(shared, line, out next);
        if (verdict == LineVerdict.Begins && (languages & TraceLanguages.Go) != 0) verdict = GoLines.AfterAny(shared, line, out next);
        if (verdict == LineVerdict.Begins && (languages & JavaLines.Languages) != 0) verdict = JavaLines.AfterAny(shared, line, languages, out next);
        if (verdict == LineVerdict.Begins && (languages & TraceLanguages.Messages) != 0) verdict = MessageLines.AfterAny(state, line, languages, out next);
        return verdict;
    }
}
