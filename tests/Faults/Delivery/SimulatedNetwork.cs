using System.Buffers;
using LogPipeline.Protocol;
using LogPipeline.Protocol.Messages;

namespace LogPipeline.Tests.Delivery;

/// <summary>Messages under way, as bytes: any of them may be lost, repeated or overtaken, until <see cref="IsKind"/>.</summary>
internal sealed class SimulatedNetwork(Random random)
{
    private readonly List<(object From, object To, string Manifest, byte[] Payload)> _underWay = [];

    /// <summary>From now on nothing is lost, repeated or overtaken.</summary>
    public bool IsKind { get; set; }

    public int Count => _underWay.Count;

    public int Lost { get; private set; }

    public void Send(object from, object to, IStreamMessage message)
    {
        if (!IsKind && random.Next(60) == 0)
        {
            Lost++;
            return;
        }
        _underWay.Add((from, to, MessageCodec.ManifestOf(message), MessageCodec.Encode(message)));
        if (!IsKind && random.Next(40) == 0) _underWay.Add(_underWay[^1]);
    }

    /// <summary>Takes one message off the network; mostly the oldest.</summary>
    public bool TryTake(out object from, out object to, out IStreamMessage message)
    {
        (from, to, message) = (null!, null!, null!);
        if (_underWay.Count == 0) return false;
        int index = IsKind || random.Next(12) > 0 ? 0 : random.Next(_underWay.Count);
        (from, to, string manifest, byte[] payload) = _underWay[index];
        _underWay.RemoveAt(index);
        // What is repeated does not share its bytes: whoever takes a chunk with an array of its own writes to them, and gives it back.
        byte[] array = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(array, 0);
        message = MessageCodec.TryDecode(manifest, array.AsMemory(0, payload.Length)) ?? throw new InvalidOperationException($"A message of {manifest} cannot be read.");
        if (message is DeliverChunk chunk && random.Next(4) > 0) message = chunk with { Rented = array };
        return true;
    }
}
