namespace LogPipeline.Local.Search.Connections;

/// <summary>The addresses of one store. The one that answered last is asked first. Thread-safe.</summary>
/// <param name="addresses">At least one; each with a slash at its end.</param>
public sealed class StoreAddresses(params Uri[] addresses)
{
    private volatile int _first;

    /// <summary>Each address once, in the order in which they are to be tried.</summary>
    public IEnumerable<Uri> InTurn()
    {
        int first = _first;
        for (int i = 0; i < addresses.Length; i++) yield return addresses[(first + i) % addresses.Length];
    }

    /// <summary>This address has answered.</summary>
    public void Answered(Uri address) => _first = Math.Max(0, Array.IndexOf(addresses, address));
}
