using LogPipeline.Configuration;

namespace LogPipeline.Local.Running;

/// <summary>Where documents are stored, as URLs.</summary>
public static class StoreAddress
{
    /// <summary>The embedded store of the process that listens at an address.</summary>
    public static Uri Embedded(Uri listener) => new(listener, WebServer.StorePrefix + "/");

    /// <summary>The configured servers; each ends with a slash, so that paths can be put behind it.</summary>
    public static Uri[] Configured(StoreOptions options) => [.. options.Urls.Select(url => new Uri(url.EndsWith('/') ? url : url + "/"))];
}
