using System.Text.Json;

namespace LogPipeline.Local.Store.Documents;

/// <summary>One value of a document: an object's beginning or a leaf. Elements of an array are fields of the same path.</summary>
internal struct JsonField
{
    /// <summary>See <see cref="FieldPath"/>.</summary>
    public ulong Path;

    /// <summary>Where the value's bytes begin in the source: behind the quote of a string.</summary>
    public int Start;

    /// <summary>Bytes of the value: without its quotes for a string; 1 for an object.</summary>
    public int Length;

    /// <summary>Where the name's bytes begin in the source; meaningless without <see cref="NameLength"/>.</summary>
    public int NameStart;

    public int NameLength;

    /// <summary>The field of the object that holds this one; -1 for the document itself.</summary>
    public int Parent;

    /// <summary><see cref="JsonTokenType.StartObject"/>, String, Number, True, False or Null.</summary>
    public JsonTokenType Type;

    /// <summary>The value is a string with escapes in it.</summary>
    public bool IsEscaped;
}
