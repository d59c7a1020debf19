using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LogPipeline.Tests.Writing;

/// <summary>A container's logs as Docker's json-file driver writes and rotates them: <c>-json.log</c>, <c>.1</c>, <c>.2.gz</c>; a line beyond 16 KiB in pieces without newline.</summary>
internal sealed class DockerWriter : LogWriter
{
    private const int PieceBytes = 16 << 10;

    private readonly string _id, _attributes;
    private readonly RuntimeClock _clock;
    private readonly JavaScriptEncoder _escapes;
    private FileStream _file;
    private int _rotated;

    public DockerWriter(string containers, Random random, string name, DateTime start) : base(random, name)
    {
        _id = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(name + random.Next())));
        LivePath = Path.Combine(Directory.CreateDirectory(Path.Combine(containers, _id)).FullName, _id + "-json.log");
        _clock = new RuntimeClock(random, start);
        _attributes = random.Next(2) == 0 ? "" : ",\"attrs\":{\"com.example.team\":\"shop\"}";
        _escapes = random.Next(2) == 0 ? JavaScriptEncoder.Default : JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        _file = Append(LivePath);
    }

    public override string LivePath { get; }

    public override void Write()
    {
        string output = Random.Next(3) == 0 ? "stderr" : "stdout";
        foreach (string line in Text.Next())
        {
            DateTime? first = null;
            string rest = line;
            while (Encoding.UTF8.GetByteCount(rest) > PieceBytes)
            {
                int cut = PieceBytes / 4;
                if (char.IsLowSurrogate(rest[cut])) cut--;
                Piece(output, rest[..cut], ref first);
                rest = rest[cut..];
            }
            Piece(output, rest + "\n", ref first);
            Lane($"{_id}/{output}").Lines.Add(new(line, RuntimeClock.PrintWhole(first!.Value)));
        }
    }

    public override void Rotate()
    {
        // Numbers go up with age; what was .1 is compressed on its way.
        for (int number = _rotated; number > 1; number--) File.Move(Numbered(number) + ".gz", Numbered(number + 1) + ".gz");
        if (_rotated > 0)
        {
            File.Move(Numbered(1), Numbered(2));
            Compress(Numbered(2), Numbered(2) + ".gz");
        }
        _file.Dispose();
        File.Move(LivePath, Numbered(1));
        _file = Append(LivePath);
        _rotated++;
    }

    public override void DeleteRotated()
    {
        for (; _rotated > 1; _rotated--) File.Delete(Numbered(_rotated) + ".gz");
    }

    // Its pieces are written at once: nothing is ever half written.
    public override void Finish()
    {
    }

    public override void Dispose() => _file.Dispose();

    private string Numbered(int number) => string.Create(CultureInfo.InvariantCulture, $"{LivePath}.{number}");

    private void Piece(string output, string text, ref DateTime? first)
    {
        DateTime time = _clock.Next();
        first ??= time;
        byte[] line = Encoding.UTF8.GetBytes($"{{\"log\":\"{JsonEncodedText.Encode(text, _escapes)}\",\"stream\":\"{output}\"{_attributes},\"time\":\"{RuntimeClock.Print(time)}\"}}\n");
        _file.Write(line);
        Lane($"{_id}/{output}").Bytes += line.Length;
    }
}
