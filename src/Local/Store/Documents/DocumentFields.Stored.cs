using System.Text.Json;

namespace LogPipeline.Local.Store.Documents;

internal sealed partial class DocumentFields
{
    private readonly NamePaths _paths = new();

    /// <summary>
    /// Reads a document as <see cref="Read"/> does, which has accepted it before it was stored: nothing of it is checked again. A search that looks at every document
    /// spends most of its time here.
    /// </summary>
    public void ReadStored(ReadOnlySpan<byte> source)
    {
        Count = 0;
        int depth = 0, nesting = 0, parent = -1, nameStart = 0, nameLength = 0, at = 0;
        ulong path = FieldPath.Root, arrays = 0;
        bool isName = false;
        while (at < source.Length)
        {
            switch (source[at])
            {
                case (byte)'"':
                    int start = at + 1, end = EndOfString(source, start, out bool escaped);
                    at = end + 1;
                    if (isName)
                    {
                        (nameStart, nameLength) = (start, end - start);
                        path = _paths.Child(parent < 0 ? FieldPath.Root : _fields[parent].Path, source[start..end]);
                    }
                    else Add(path, start, end - start, nameStart, nameLength, parent, JsonTokenType.String, escaped);
                    break;
                case (byte)'{':
                    Add(path, at, 1, nameStart, nameLength, parent, JsonTokenType.StartObject, false);
                    _containers[depth++] = parent;
                    parent = Count - 1;
                    arrays &= ~(1ul << nesting++);
                    isName = true;
                    at++;
                    break;
                case (byte)'}':
                    (path, nameStart, nameLength) = (_fields[parent].Path, _fields[parent].NameStart, _fields[parent].NameLength);
                    parent = _containers[--depth];
                    nesting--;
                    at++;
                    break;
                case (byte)'[':
                    arrays |= 1ul << nesting++;
                    isName = false;
                    at++;
                    break;
                case (byte)']':
                    nesting--;
                    at++;
                    break;
                case (byte)',':
                    isName = (arrays >> (nesting - 1) & 1) == 0;
                    at++;
                    break;
                case (byte)':':
                    isName = false;
                    at++;
                    break;
                case <= (byte)' ':
                    at++;
                    break;
                default:
                    int length = LengthOfLiteral(source[at..]);
                    JsonTokenType type = source[at] switch { (byte)'t' => JsonTokenType.True, (byte)'f' => JsonTokenType.False, (byte)'n' => JsonTokenType.Null, _ => JsonTokenType.Number };
                    Add(path, at, length, nameStart, nameLength, parent, type, false);
                    at += length;
                    break;
            }
        }
    }

    private static int EndOfString(ReadOnlySpan<byte> source, int start, out bool escaped)
    {
        escaped = false;
        for (int at = start; ; at += 2)
        {
            at += source[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (source[at] == (byte)'"') return at;
            escaped = true;
        }
    }

    private static int LengthOfLiteral(ReadOnlySpan<byte> rest)
    {
        for (int length = 0; length < rest.Length; length++)
        {
            if (rest[length] is (byte)',' or (byte)'}' or (byte)']' or <= (byte)' ') return length;
        }

        return rest.Length;
    }
}
