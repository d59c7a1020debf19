using System.Globalization;

namespace LogPipeline.Local.Running;

/// <summary>
/// Has what follows the store's answer run on the thread that waits for sockets. It would be handed to a thread of the pool otherwise, which wakes another one: at a few lines a second
/// that is a fifth of all that is done. Nothing that follows an answer blocks; what a body has left to compress or to encrypt is done there, too, so that there are as many such threads as workers.
/// </summary>
internal static class SocketThreads
{
    // .NET reads them when it first waits for a socket, and cannot be told otherwise.
    private const string InPlace = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", Count = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    /// <summary>To be called before the first socket is used. What the environment says already stays.</summary>
    public static void Use(int count, Func<string, string?> get, Action<string, string> set)
    {
        if (get(InPlace) is not null) return;
        set(InPlace, "1");
        if (get(Count) is null) set(Count, count.ToString(CultureInfo.InvariantCulture));
    }
}
