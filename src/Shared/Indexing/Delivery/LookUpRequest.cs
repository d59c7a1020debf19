using System.Buffers;
using System.Text;

namespace LogPipeline.Indexing.Delivery;

/// <summary>Writes the bodies of <c>_mget</c>: one entry a document to verify; two, its own index and its dead-letter index, to look up.</summary>
public static class LookUpRequest
{
    /// <summary>Documents of one request: with two entries of about 90 bytes each, under 100 KB.</summary>
    public const int MaxDocuments = 500;

    private static readonly byte[] DeadLetterPrefix = Encoding.ASCII.GetBytes(DocumentAddress.DeadLetterPrefix);

    /// <summary>Entries that the answer must have.</summary>
    public static int EntryCount(BulkWork work) => work.Kind == WorkKind.LookUp ? work.Count * 2 : work.Count;

    public static ReadOnlyMemory<byte> Encode(BulkWork work)
    {
        ArrayBufferWriter<byte> json = new((EntryCount(work) * 128) + 16);
        json.Write("{\"docs\":["u8);
        BulkBody body = work.Delivery.Body;
        for (int i = 0; i < work.Count; i++)
        {
            DocumentAddress address = new(body.ActionLine(body.Items[work.Item(i)]));
            if (i > 0) json.Write(","u8);
            WriteEntry(json, [], address);
            if (work.Kind != WorkKind.LookUp) continue;
            json.Write(","u8);
            WriteEntry(json, DeadLetterPrefix, address);
        }

        json.Write("]}"u8);
        return json.WrittenMemory;
    }

    private static void WriteEntry(ArrayBufferWriter<byte> json, ReadOnlySpan<byte> prefix, DocumentAddress address)
    {
        json.Write("{\"_index\":\""u8);
        json.Write(prefix);
        json.Write(address.Index);
        json.Write("\",\"_id\":\""u8);
        json.Write(address.Id);
        json.Write("\"}"u8);
    }
}
