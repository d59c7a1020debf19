using System.Net;
using LogPipeline.Configuration;

namespace LogPipeline.Local.Running;

/// <summary>Where documents are stored, as URLs.</summary>
public static class StoreAddress
{
    /// <summary>The embedded store of the process that listens at an address.</summary>
    public static Uri Embedded(Uri listener) => new(ReachableFromHere(listener), WebServer.StorePrefix + "/");

    /// <summary>The configured servers; each ends with a slash, so that paths can be put behind it.</summary>
    public static Uri[] Configured(StoreOptions options) => [.. options.Urls.Select(url => new Uri(url.EndsWith('/') ? url : url + "/"))];

    /// <summary>A listener's address on this machine: one that listens everywhere is reached by loopback.</summary>
    public static Uri ReachableFromHere(Uri listener)
    {
        if (!ListensEverywhere(listener, out bool ipv6)) return listener;
        return new UriBuilder(listener) { Host = ipv6 ? "[::1]" : "127.0.0.1" }.Uri;
    }

    /// <summary>It listens on all of the machine's addresses.</summary>
    public static bool ListensEverywhere(Uri listener) => ListensEverywhere(listener, out _);

    private static bool ListensEverywhere(Uri listener, out bool ipv6)
    {
        bool isAddress = IPAddress.TryParse(listener.Host.Trim('[', ']'), out IPAddress? address);
        ipv6 = isAddress && address!.Equals(IPAddress.IPv6Any);
        return ipv6 || (isAddress && address!.Equals(IPAddress.Any));
    }
}
