using System.Net;

namespace LogPipeline.Configuration;

/// <summary><c>ADDRESS:PORT</c> of the page: an IP address (IPv6 in brackets) or <c>localhost</c>; port 0 lets the system choose.</summary>
public static class ListenAddress
{
    public static bool TryParse(string text, out IPEndPoint address)
    {
        address = new IPEndPoint(IPAddress.Loopback, 0);
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), out ushort port)) return false;
        string host = text[..colon];
        if (host == "localhost") host = "127.0.0.1";
        bool bracketed = host.StartsWith('[') && host.EndsWith(']');
        if (!IPAddress.TryParse(bracketed ? host[1..^1] : host, out var ip)) return false;
        if (bracketed != (ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)) return false;
        if (!bracketed && host.Count(c => c == '.') != 3) return false; // IPAddress reads "5080" and "127.1" as addresses too
        address = new IPEndPoint(ip, port);
        return true;
    }

    /// <summary>What is wrong with a text, in words that name it; null when nothing is.</summary>
    public static string? Check(string text) =>
        TryParse(text, out _) ? null : $"{Values.Quoted.Text(text)} is not ADDRESS:PORT, as 127.0.0.1:5080, [::1]:5080 or localhost:5080";
}
