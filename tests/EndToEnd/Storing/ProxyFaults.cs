using System.Globalization;

namespace LogPipeline.Tests.Storing;

/// <summary>What the proxy does wrong and how often, from a seed; and how often it did. Safe from any thread.</summary>
internal sealed class ProxyFaults(int seed)
{
    // Dealt like cards, so that a short run sees each kind.
    private static readonly (ProxyFault Fault, int Count)[] Deck =
    [
        (ProxyFault.TooManyRequests, 2), (ProxyFault.Unavailable, 2), (ProxyFault.Unauthorized, 1), (ProxyFault.CloseBefore, 2), (ProxyFault.CloseAfter, 2), (ProxyFault.Late, 2),
        (ProxyFault.Twice, 2), (ProxyFault.SomeItems, 4), (ProxyFault.DropItem, 2), (ProxyFault.CutAnswer, 1), (ProxyFault.TornAnswer, 2), (ProxyFault.None, 28),
    ];

    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly Queue<ProxyFault> _bulk = [], _multiGet = [];
    private readonly int[] _done = new int[Enum.GetValues<ProxyFault>().Length];

    /// <summary>What becomes of a request of <c>_bulk</c>, or of <c>_mget</c>, which has no items to be dropped or refused.</summary>
    public ProxyFault Next(bool bulk)
    {
        lock (_lock)
        {
            Queue<ProxyFault> cards = bulk ? _bulk : _multiGet;
            if (cards.Count == 0)
            {
                ProxyFault[] deck = [.. Deck.SelectMany(kind => Enumerable.Repeat(kind.Fault, kind.Count))];
                _random.Shuffle(deck);
                foreach (ProxyFault card in deck) cards.Enqueue(card);
            }
            ProxyFault fault = cards.Dequeue();
            if (!bulk && (fault is ProxyFault.SomeItems or ProxyFault.DropItem)) fault = ProxyFault.None;
            _done[(int)fault]++;
            return fault;
        }
    }

    /// <summary>How often each kind befell a request: what was never done proves nothing.</summary>
    public int this[ProxyFault fault]
    {
        get { lock (_lock) return _done[(int)fault]; }
    }

    /// <summary>How long a request waits before it is forwarded, and its answer before it is returned; mostly not at all.</summary>
    public TimeSpan NextDelay() => NextOf(3) == 0 ? TimeSpan.FromMilliseconds(1 + NextOf(40)) : TimeSpan.Zero;

    /// <summary>How long credentials are refused, or a late request stays on its way.</summary>
    public TimeSpan NextWhile() => TimeSpan.FromMilliseconds(20 + NextOf(400));

    public int NextOf(int limit)
    {
        lock (_lock) return _random.Next(limit);
    }

    public override string ToString()
    {
        lock (_lock) return string.Join(", ", Enum.GetValues<ProxyFault>().Select(fault => string.Create(CultureInfo.InvariantCulture, $"{fault} {_done[(int)fault]}")));
    }
}
