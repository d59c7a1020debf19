using System.Text;
using LogPipeline.Tests.Simulation.Writers;

namespace LogPipeline.Tests.Simulation;

/// <summary>Follows a document's extent through the files that were written, line by line of its sub-stream, and compares the text.</summary>
internal sealed class ExtentWalk(IReadOnlyCollection<WrittenFile> files, StoredDocument document)
{
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
        if (file.KeptBytes < file.Content.Count && Run(file, file.KeptBytes) && Covered[^1] is var last && last.File != file && last.File.Lines.Any(line => line.End == last.End)) return true;
        for (_skips = 0; _skips < 8; _skips++)
        {
            if (Run(file, int.MaxValue)) return true;
            if (_skips == 0) first = Problem;
            if (file.KeptBytes < file.Content.Count && Run(file, file.KeptBytes)) return true;
            if ((file.HasLateBytes || file.Destroyed) && file.Lines.Any(line => line.Start > document.Offset && Run(file, line.Start))) return true;
        }
        Problem = first;
        return false;
    }

    private bool Run(WrittenFile file, int seam)
    {
        Covered.Clear();
        First = null;
        long left = document.LengthBytes;
        int at = (int)document.Offset;
        var text = new StringBuilder();
        for (WrittenFile? current = file; current is not null && left > 0; current = Successor(current), at = 0)
        {
            foreach (WrittenLine line in current.Lines)
            {
                if (left == 0) break;
                if (line.End <= at || line.Lane != document.Lane || (current == file && line.Start >= seam)) continue;
                int start = Math.Max(line.Start, at), lineEnd = current == file ? Math.Min(line.End, seam) : line.End, end = (int)Math.Min(lineEnd, start + left);
                if (First is null && (line.Start > at || line.Start < at && document.Lane != Formats.SubStream.None)) return Fail($"no line of it begins at {at}");
                if (First is not null && !_goesOn && start == line.Start) text.Append('\n');
                First ??= line;
                text.Append(Piece(line, start, end));
                _goesOn = line.IsOpen || end < lineEnd;
                Covered.Add((current, start, end));
                left -= end - start;
            }
        }
        if (left > 0) return Fail($"{left} of its bytes lie behind what was written");
        return text.ToString() == document.Text || Fail($"there stands \"{text}\"");
    }

    private bool _goesOn;
    private int _skips;

    private static string Piece(WrittenLine line, int start, int end)
    {
        if (start == line.Start && end == line.End) return line.Text;
        // Only plain lines of ASCII are cut inside.
        int from = start - line.Start, to = Math.Min(end - line.Start, line.Text.Length);
        return from < to ? line.Text[from..to] : "";
    }

    // The next file of which anything is left: what was destroyed unseen nobody can miss.
    private WrittenFile? Successor(WrittenFile file)
    {
        int skip = _skips;
        return files.Where(next => next.Stream == file.Stream && next.Number > file.Number && next.Content.Count > 0 && !(next.Destroyed && !next.EverShown))
            .OrderBy(next => next.Number).FirstOrDefault(next => !(next.Destroyed || next.Truncated) || skip-- <= 0);
    }

    private bool Fail(string problem)
    {
        Problem = problem;
        return false;
    }
}
