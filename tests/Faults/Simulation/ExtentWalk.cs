using LogPipeline.Tests.Simulation.Storing;
using LogPipeline.Tests.Simulation.Writers;

namespace LogPipeline.Tests.Simulation;

/// <summary>Follows a document's extent through the files that were written, line by line of its sub-stream, and compares the text.</summary>
internal sealed class ExtentWalk(IReadOnlyCollection<WrittenFile> files, StoredDocument document)
{
    private const int MostSkips = 24;

    /// <summary>The places that the document stands for.</summary>
    public List<(WrittenFile File, int Start, int End)> Covered { get; } = [];

    /// <summary>The line in which it begins.</summary>
    public WrittenLine? First { get; private set; }

    public string Problem { get; private set; } = "";

    /// <summary>Whether the document is what was written; in a file with late bytes, a record may go on in the successor from any line on,
    /// and what was destroyed, or was known only by a copy that came late, may be missing from it.</summary>
    public bool Run(WrittenFile file)
    {
        string first = "";
        // What was behind a copy may be only a newline, which no text tells.
        if (file.KeptBytes < file.Content.Count && Run(file, file.KeptBytes, skips: 0) && Covered[^1] is var last && last.File != file && last.File.Lines.Any(line => line.End == last.End)) return true;
        for (int skips = 0; skips < MostSkips; skips++)
        {
            foreach (int seam in Seams(file, document.Offset))
            {
                if (Run(file, seam, skips)) return true;
                if (first.Length == 0) first = Problem;
            }
        }
        Problem = first;
        return false;
    }

    // Where a record may leave a file for the next one: at its end, at the end of its copy, or, with late bytes or when nobody saw its end, before any line.
    private static IEnumerable<int> Seams(WrittenFile file, long behind)
    {
        yield return int.MaxValue;
        if (file.KeptBytes < file.Content.Count) yield return file.KeptBytes;
        if (!file.HasLateBytes && !file.Destroyed) yield break;
        foreach (WrittenLine line in file.Lines.Where(line => line.Start > behind)) yield return line.Start;
    }

    private bool Run(WrittenFile file, int seam, int skips)
    {
        Covered.Clear();
        First = null;
        return Walk(file, seam, (int)document.Offset, document.LengthBytes, "", goesOn: false, skips);
    }

    // Behind a file, or behind its seam, comes the next one, or, where that was destroyed, one after it: as many in all as may be skipped.
    private bool Walk(WrittenFile file, int seam, int at, long left, string text, bool goesOn, int skips)
    {
        if (!Cover(file, seam, at, ref left, ref text, ref goesOn)) return false;
        if (left == 0) return text == document.Text || Fail($"there stands \"{text}\"");
        (int covered, WrittenLine? first) = (Covered.Count, First);
        foreach (WrittenFile next in files.Where(next => next.Stream == file.Stream && next.Number > file.Number && next.Content.Count > 0 && !(next.Destroyed && !next.EverShown)).OrderBy(next => next.Number))
        {
            foreach (int its in Seams(next, 0))
            {
                if (Walk(next, its, 0, left, text, goesOn, skips)) return true;
                Covered.RemoveRange(covered, Covered.Count - covered);
                First = first;
            }
            if (!(next.Destroyed || next.Truncated) || skips-- == 0) return false;
        }
        return Fail($"{left} of its bytes lie behind what was written");
    }

    private bool Cover(WrittenFile file, int seam, int at, ref long left, ref string text, ref bool goesOn)
    {
        foreach (WrittenLine line in file.Lines)
        {
            if (left == 0) return true;
            if (line.End <= at || line.Lane != document.Lane || line.Start >= seam) continue;
            int start = Math.Max(line.Start, at), lineEnd = Math.Min(line.End, seam), end = (int)Math.Min(lineEnd, start + left);
            if (First is null && (line.Start > at || line.Start < at && document.Lane != Formats.SubStream.None)) return Fail($"no line of it begins at {at}");
            string separator = First is not null && !goesOn && start == line.Start ? "\n" : "";
            First ??= line;
            text += separator + Piece(line, start, end);
            if (!document.Text.StartsWith(text, StringComparison.Ordinal)) return Fail($"there stands \"{text}\"");
            goesOn = line.IsOpen || end < lineEnd;
            Covered.Add((file, start, end));
            left -= end - start;
        }
        return true;
    }

    private static string Piece(WrittenLine line, int start, int end)
    {
        if (start == line.Start && end == line.End) return line.Text;
        // Only plain lines of ASCII are cut inside.
        int from = start - line.Start, to = Math.Min(end - line.Start, line.Text.Length);
        return from < to ? line.Text[from..to] : "";
    }

    private bool Fail(string problem)
    {
        Problem = problem;
        return false;
    }
}
