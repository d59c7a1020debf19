using System.Buffers.Text;

namespace LogPipeline.Local.Store.Bulk;

/// <summary>Ids for documents that came without one.</summary>
internal static class DocumentId
{
    /// <summary>22 characters of base64url, unique.</summary>
    public static byte[] New() => Base64Url.EncodeToUtf8(Guid.CreateVersion7().ToByteArray());
}
