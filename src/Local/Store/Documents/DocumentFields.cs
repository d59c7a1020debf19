using System.Text;
using System.Text.Json;

namespace LogPipeline.Local.Store.Documents;

/// <summary>
/// The fields of one document in the order of its source. One instance is filled again and again: nothing is allocated per document.
/// Not thread-safe.
/// </summary>
internal sealed partial class DocumentFields
{
    /// <summary>Levels of objects that OpenSearch accepts (<c>index.mapping.depth.limit</c>).</summary>
    public const int MaxObjectDepth = 20;

    /// <summary>Levels of objects and arrays together; what is deeper is refused before it is read any further.</summary>
    public const int MaxDepth = 64;

    private static readonly JsonReaderOptions s_options = new() { MaxDepth = MaxDepth };

    private readonly int[] _containers = new int[MaxDepth + 1];
    private readonly int[] _keyStarts = new int[MaxDepth + 1];
    private JsonField[] _fields = new JsonField[64];
    private ulong[] _keys = new ulong[64];

    public int Count { get; private set; }

    public ReadOnlySpan<JsonField> Fields => _fields.AsSpan(0, Count);

    /// <summary>
    /// Reads a document. Throws <see cref="JsonException"/> when it is not one JSON object, is deeper than <see cref="MaxDepth"/>,
    /// has objects deeper than <see cref="MaxObjectDepth"/>, or, asked to look, has a key twice in one object.
    /// </summary>
    public void Read(ReadOnlySpan<byte> source, bool refuseDuplicateKeys)
    {
        Count = 0;
        var reader = new Utf8JsonReader(source, s_options);
        int depth = 0, keys = 0, parent = -1, nameStart = 0, nameLength = 0;
        ulong path = FieldPath.Root;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    nameStart = (int)reader.TokenStartIndex + 1;
                    nameLength = reader.ValueSpan.Length;
                    path = FieldPath.Child(parent < 0 ? FieldPath.Root : _fields[parent].Path, reader.ValueSpan);
                    if (refuseDuplicateKeys) AddKey(path, _keyStarts[depth], ref keys, reader.ValueSpan);
                    break;
                case JsonTokenType.StartObject:
                    if (reader.CurrentDepth >= MaxObjectDepth) CheckObjectDepth(parent);
                    Add(path, (int)reader.TokenStartIndex, 1, nameStart, nameLength, parent, JsonTokenType.StartObject, false);
                    _containers[depth++] = parent;
                    parent = Count - 1;
                    _keyStarts[depth] = keys;
                    break;
                case JsonTokenType.EndObject:
                    keys = _keyStarts[depth];
                    path = _fields[parent].Path;
                    nameStart = _fields[parent].NameStart;
                    nameLength = _fields[parent].NameLength;
                    parent = _containers[--depth];
                    break;
                case JsonTokenType.StartArray or JsonTokenType.EndArray:
                    break;
                case JsonTokenType.String:
                    Add(path, (int)reader.TokenStartIndex + 1, reader.ValueSpan.Length, nameStart, nameLength, parent, JsonTokenType.String, reader.ValueIsEscaped);
                    break;
                default:
                    Add(path, (int)reader.TokenStartIndex, reader.ValueSpan.Length, nameStart, nameLength, parent, reader.TokenType, false);
                    break;
            }
        }
    }

    /// <summary>The full dotted name of a field of the source that was read last.</summary>
    public string NameOf(ReadOnlySpan<byte> source, int field)
    {
        var name = new StringBuilder();
        for (int i = field; i >= 0 && _fields[i].NameLength > 0; i = _fields[i].Parent)
        {
            if (i != field) name.Insert(0, '.');
            name.Insert(0, Encoding.UTF8.GetString(source.Slice(_fields[i].NameStart, _fields[i].NameLength)));
        }

        return name.ToString();
    }

    private void CheckObjectDepth(int parent)
    {
        int objects = 1;
        for (int i = parent; i >= 0; i = _fields[i].Parent) objects++;
        if (objects > MaxObjectDepth) throw new JsonException($"Limit of mapping depth [{MaxObjectDepth}] has been exceeded");
    }

    private void AddKey(ulong path, int start, ref int keys, ReadOnlySpan<byte> name)
    {
        if (keys == _keys.Length) Array.Resize(ref _keys, keys * 2);
        if (_keys.AsSpan(start, keys - start).Contains(path)) throw new JsonException($"Duplicate field '{Encoding.UTF8.GetString(name)}'");
        _keys[keys++] = path;
    }

    private void Add(ulong path, int start, int length, int nameStart, int nameLength, int parent, JsonTokenType type, bool escaped)
    {
        if (Count == _fields.Length) Array.Resize(ref _fields, Count * 2);
        ref JsonField field = ref _fields[Count++];
        field.Path = path;
        field.Start = start;
        field.Length = length;
        field.NameStart = nameStart;
        field.NameLength = nameLength;
        field.Parent = parent;
        field.Type = type;
        field.IsEscaped = escaped;
    }
}
