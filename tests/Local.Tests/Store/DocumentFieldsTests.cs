using System.Globalization;
using System.Text;
using LogPipeline.Local.Store.Documents;

namespace LogPipeline.Tests.Store;

public sealed class DocumentFieldsTests
{
    private static readonly string[] Scalars = ["0", "-1.5e+3", "true", "false", "null", "\"\"", "\"text\"", "\"a \\\" quote \\\\\"", "\"\\u00e9 \\n\"", "\"Größe, 🦔 {[:]}\""];
    private static readonly string[] Names = ["a", "b.c", "log.file.id", "quote\\\"d", "\\u0061", "ä", "k8s", ""];

    [Fact]
    public void A_stored_document_is_read_as_when_it_was_checked()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        DocumentFields accepted = new(), stored = new();
        for (int round = 0; round < 3000; round++)
        {
            byte[] source = Encoding.UTF8.GetBytes(Space(random) + Object(random, 0) + Space(random));
            accepted.Read(source, refuseDuplicateKeys: false);
            stored.ReadStored(source);
            Assert.True(Lines(accepted).SequenceEqual(Lines(stored)), $"seed {seed}, round {round}: {Encoding.UTF8.GetString(source)}\n{string.Join('\n', Lines(accepted))}\n\n{string.Join('\n', Lines(stored))}");
        }
    }

    private static IEnumerable<string> Lines(DocumentFields fields)
    {
        var lines = new List<string>();
        foreach (ref readonly JsonField field in fields.Fields)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{field.Path} {field.Start}+{field.Length} name {field.NameStart}+{field.NameLength} in {field.Parent} {field.Type} {field.IsEscaped}"));
        return lines;
    }

    private static string Object(Random random, int depth) =>
        "{" + string.Join(",", Enumerable.Range(0, random.Next(5)).Select(_ => $"{Space(random)}\"{Names[random.Next(Names.Length)]}{random.Next(9)}\"{Space(random)}:{Space(random)}{Value(random, depth + 1)}{Space(random)}")) + Space(random) + "}";

    private static string Value(Random random, int depth) => (depth > 8 ? 9 : random.Next(10)) switch
    {
        < 2 => Object(random, depth),
        2 => "[" + string.Join(",", Enumerable.Range(0, random.Next(4)).Select(_ => Space(random) + Value(random, depth + 1) + Space(random))) + "]",
        _ => Scalars[random.Next(Scalars.Length)],
    };

    private static string Space(Random random) => random.Next(6) switch { 0 => " ", 1 => "\n\t", _ => "" };
}
