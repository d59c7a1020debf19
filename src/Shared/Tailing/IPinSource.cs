using LogPipeline.Ledger;
using LogPipeline.Sources;

namespace LogPipeline.Tailing;

/// <summary>Decides, from the configuration in force now and from what is known of the writer, what is recorded for a file before its first record is sent.</summary>
public interface IPinSource
{
    /// <summary>The pin; one that is not <see cref="Pin.IsDecided"/> while what decides is not known: the file waits, and asks again.</summary>
    /// <param name="stream">The stream that the file belongs to.</param>
    /// <param name="firstLine">The first line of the file (docker's attributes stand there).</param>
    /// <param name="fromOffsetBytes">Where the pin takes effect.</param>
    /// <param name="waited">How long the stream has been known.</param>
    /// <param name="recorded">What was last recorded for the file, or for the one that it follows, null where nothing was: it goes on where the writer is not known (any more).</param>
    Pin PinFor(DiscoveredStream stream, ReadOnlySpan<byte> firstLine, long fromOffsetBytes, TimeSpan waited = default, Pin? recorded = null);

    /// <summary>Another number whenever <see cref="PinFor"/> may say something else of the stream than before.</summary>
    /// <param name="origin">Who writes the stream.</param>
    /// <param name="waited">How long the stream has been known.</param>
    long RevisionOf(LogOrigin origin, TimeSpan waited) => 0;

    /// <summary>What is recorded of a stream may be out of date, and what is in force now will be known soon: nothing of it is read before.</summary>
    /// <param name="origin">Who writes the stream.</param>
    /// <param name="waited">How long the stream has been known.</param>
    bool IsAwaited(LogOrigin origin, TimeSpan waited) => false;

    /// <summary>A stream is read from now on: what is known of its writer is kept until <see cref="Leave"/>.</summary>
    void Enter(LogOrigin origin)
    {
    }

    /// <summary>It is read no more.</summary>
    void Leave(LogOrigin origin)
    {
    }
}
