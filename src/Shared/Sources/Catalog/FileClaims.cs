namespace LogPipeline.Sources.Catalog;

/// <summary>Which stream a file belongs to when several names lead to it: a file is in one stream only.</summary>
internal sealed class FileClaims
{
    private readonly Dictionary<FileKey, CandidateStream> _single = [];
    private readonly Dictionary<FileKey, List<CandidateStream>> _contested = [];

    /// <summary>Adds a claim; the streams that claimed the file before, when there are others.</summary>
    public IReadOnlyList<CandidateStream> Add(FileKey file, CandidateStream stream)
    {
        if (_contested.TryGetValue(file, out List<CandidateStream>? rivals))
        {
            if (rivals.Contains(stream)) return [];
            CandidateStream[] before = [.. rivals];
            rivals.Add(stream);
            return before;
        }

        if (_single.TryAdd(file, stream) || ReferenceEquals(_single[file], stream)) return [];
        CandidateStream rival = _single[file];
        _contested[file] = [rival, stream];
        _single.Remove(file);
        return [rival];
    }

    /// <summary>Ends a claim; the streams that still have one.</summary>
    public IReadOnlyList<CandidateStream> Remove(FileKey file, CandidateStream stream)
    {
        if (_contested.TryGetValue(file, out List<CandidateStream>? rivals))
        {
            rivals.Remove(stream);
            if (rivals.Count == 1)
            {
                _single[file] = rivals[0];
                _contested.Remove(file);
            }

            return rivals;
        }

        if (_single.TryGetValue(file, out CandidateStream? owner) && ReferenceEquals(owner, stream)) _single.Remove(file);
        return [];
    }

    public bool Owns(CandidateStream stream, FileKey file) =>
        _contested.TryGetValue(file, out List<CandidateStream>? rivals) ? ReferenceEquals(rivals.Min(), stream)
        : _single.TryGetValue(file, out CandidateStream? owner) && ReferenceEquals(owner, stream);
}
