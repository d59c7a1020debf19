using LogPipeline.Indexing.Delivery;

namespace LogPipeline.Indexing.Connections;

/// <summary>One address of the store. Its state belongs to <see cref="StoreEndpoints"/>, under whose lock it changes.</summary>
public sealed class StoreEndpoint
{
    private KnownPath? _last;

    internal StoreEndpoint(Uri address, int maxConcurrency)
    {
        Address = BaseOf(address);
        Concurrency = new AdaptiveConcurrency(maxConcurrency);
        Name = NameOf(Address);
    }

    /// <summary>Scheme, host, port and path prefix, with a slash at its end.</summary>
    public Uri Address { get; }

    /// <summary>For people: the address without user information.</summary>
    public string Name { get; }

    /// <summary>With a slash at its end: the last segment of a base address without one would be replaced by a relative path.</summary>
    public static Uri BaseOf(Uri address) => address.AbsolutePath.EndsWith('/') ? address : new UriBuilder(address) { Path = address.AbsolutePath + "/" }.Uri;

    /// <summary>For people: an address without user information.</summary>
    public static string NameOf(Uri address) => $"{address.Scheme}://{address.Authority}{address.AbsolutePath}";

    /// <summary>The address of a path behind the prefix. That of the last path asked for is kept: nearly every request is the same one.</summary>
    public Uri At(string path)
    {
        if (_last is { } last && ReferenceEquals(last.Path, path)) return last.Address;
        var address = new Uri(Address, path);
        _last = new(path, address);
        return address;
    }

    internal AdaptiveConcurrency Concurrency { get; }

    internal int InFlight { get; set; }

    internal int FailuresInARow { get; set; }

    /// <summary>Not used before, as long as another endpoint is better.</summary>
    internal TimeSpan AvoidUntil { get; set; }

    private sealed record KnownPath(string Path, Uri Address);
}
