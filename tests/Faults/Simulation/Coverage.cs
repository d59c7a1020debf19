namespace LogPipeline.Tests.Simulation;

/// <summary>What the seeds must have met at least once, or the run proves less than it says.</summary>
internal enum Scenario
{
    ProcessKilled, PowerCut, ProcessStopped, RecordOverTwoFiles, InterleavedParts, FormatError, OpenPartAtEnd, Compressed, ContainerRestarted, PodDeleted, DockerRotated,
    CopyTruncated, CopyTruncatedBehindCopy, FastRegrowth, SameHead, SameHeadTruncated, DeletedWhileOpen, Recreated, UnterminatedLastLine, LongLine, LateBytes, WriteBehindRename,
    UnreadDestroyed, LostReported, LostToTheByte, GapReported, JoiningChanged, TenantChanged, IndexChanged, MaxLineChanged, LedgerLost,
    StateWriteFailed, StateDiskFull, ReadFailed, OpenRefused, TornRead, StaleList, InodeReused, NoBirthTimes, ClockSetBack, MidnightPassed,
    LookedUp, AnswerLost, PartialArrival, ConflictFollowed, Collision, DeadLettered, CutOnSilence, VeryLateAnswer,
    NotConnected, ClosedBefore, NeverAnswered, Overloaded, Unavailable, Unauthorized, TooLarge, DeadLetterInParts, ServerDied, ItemRetried, ItemDropped, ItemAdded, AnswerCut, AnswerNotReadable,
    IndexRefused, IndexExpired, ArrivedLate, ArrivedTwice,
    RestartInsidePart, LongTrace, CompressionSeen, TornList,
}

/// <summary>How often each scenario came.</summary>
internal sealed class Coverage
{
    private readonly int[] _counts = new int[Enum.GetValues<Scenario>().Length];

    public int this[Scenario scenario] => _counts[(int)scenario];

    public IEnumerable<Scenario> Missing => Enum.GetValues<Scenario>().Where(scenario => this[scenario] == 0);

    public void Meet(Scenario scenario) => _counts[(int)scenario]++;

    public void Add(Coverage other)
    {
        for (int index = 0; index < _counts.Length; index++) _counts[index] += other._counts[index];
    }

    public override string ToString() => string.Join(", ", Enum.GetValues<Scenario>().Select(scenario => $"{scenario} {this[scenario]}"));
}
