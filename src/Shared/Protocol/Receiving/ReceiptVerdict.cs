namespace LogPipeline.Protocol.Receiving;

/// <summary>What a receiver does with a chunk.</summary>
public enum ReceiptVerdict
{
    /// <summary>It is the next of the epoch: take it.</summary>
    Accept,

    /// <summary>It begins a newer epoch: drop what belongs to the old one, then take it.</summary>
    AcceptNewEpoch,

    /// <summary>It was taken before: say again what was accepted.</summary>
    Duplicate,

    /// <summary>Refuse: the sender must go back.</summary>
    Refuse,
}
