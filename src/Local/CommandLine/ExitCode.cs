namespace LogPipeline.Local.CommandLine;

/// <summary>What the process says to the one who started it.</summary>
public static class ExitCode
{
    public const int Success = 0;

    /// <summary>It ran, and something is wrong: the audit found a difference, the line is not in the store, work was left at <c>--until-idle</c>'s end.</summary>
    public const int Wrong = 1;

    /// <summary>It could not begin: bad configuration or flags, or the state directory is another process's.</summary>
    public const int CannotStart = 2;

    /// <summary>Of <c>explain</c>: the line is not in the store yet; it is unread, or on its way.</summary>
    public const int NotYet = 3;
}
