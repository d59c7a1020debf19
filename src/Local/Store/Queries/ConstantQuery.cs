using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Files;

namespace LogPipeline.Local.Store.Queries;

/// <summary><c>match_all</c> and <c>match_none</c>.</summary>
internal sealed class ConstantQuery : Query
{
    public static readonly ConstantQuery All = new(true);
    public static readonly ConstantQuery None = new(false);

    private readonly bool _matches;

    private ConstantQuery(bool matches) => _matches = matches;

    public override bool Matches(CandidateDocument document) => _matches;

    public override BlockMatch Check(BlockSummary block) => _matches ? BlockMatch.All : BlockMatch.None;

    public override bool IsDecidedBy(ulong path) => true;

    public override bool MayMatch(ReadOnlySpan<byte> source) => _matches;
}
