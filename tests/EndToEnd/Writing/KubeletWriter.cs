using System.Text;

namespace LogPipeline.Tests.Writing;

/// <summary>
/// A container's logs as containerd writes and the kubelet rotates them: both outputs interleaved, parts of any size that a rotation may tear,
/// <c>0.log.&lt;stamp&gt;</c>, its <c>.gz</c> one rotation later, and <c>N+1.log</c> after a restart.
/// </summary>
internal sealed class KubeletWriter : LogWriter
{
    private const int PartBytes = 16 << 10;
    private static readonly string[] Outputs = ["stdout", "stderr"];

    private readonly string _directory, _container;
    private readonly RuntimeClock _clock;
    private readonly Dictionary<string, (MemoryStream Text, DateTime Time)> _open = [];
    private readonly Dictionary<string, Queue<string>> _due = Outputs.ToDictionary(output => output, _ => new Queue<string>());
    private FileStream _file;
    private int _restart;

    public KubeletWriter(string pods, string podNamespace, Random random, string name, DateTime start) : base(random, name)
    {
        string uid = new Guid(random.Next(), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10).ToString();
        _directory = Directory.CreateDirectory(Path.Combine(pods, $"{podNamespace}_{name}_{uid}", "app")).FullName;
        _container = uid + "/app";
        _clock = new RuntimeClock(random, start);
        _file = Append(LivePath);
    }

    public override string LivePath => Path.Combine(_directory, _restart + ".log");

    public override void Write()
    {
        string output = Outputs[Random.Next(3) / 2];
        Queue<string> due = _due[output];
        if (due.Count == 0)
            foreach (string line in Text.Next()) due.Enqueue(line);
        // A trace may be cut by the other output, or by whatever comes now.
        for (int lines = Random.Next(4) == 0 ? 1 : due.Count; lines > 0; lines--)
        {
            if (Random.Next(8) == 0 && !_open.ContainsKey(output)) Part(output, Encoding.UTF8.GetBytes("begun " + Random.Next(1000) + " "), final: false);
            byte[] text = Encoding.UTF8.GetBytes(due.Dequeue());
            int at = 0;
            for (; text.Length - at > PartBytes; at += PartBytes) Part(output, text.AsSpan(at, PartBytes), final: false);
            Part(output, text.AsSpan(at), final: true);
        }
    }

    public override void Rotate()
    {
        if (Random.Next(5) == 0)
        {
            Restart();
            return;
        }
        foreach (string plain in Rotated().Where(path => !path.EndsWith(".gz", StringComparison.Ordinal))) Compress(plain, plain + ".gz");
        File.Move(LivePath, LivePath + "." + _clock.NextStamp());
        // Until the runtime has switched it writes to the renamed file, for some time beside the new one.
        WriteSome();
        FileStream next = Append(LivePath);
        WriteSome();
        _file.Dispose();
        _file = next;
    }

    public override void DeleteRotated()
    {
        foreach (string path in Rotated().SkipLast(1).Concat(Earlier())) File.Delete(path);
    }

    public override void Finish()
    {
        foreach (string output in Outputs)
        {
            Queue<string> due = _due[output];
            while (due.TryDequeue(out string? line)) Part(output, Encoding.UTF8.GetBytes(line[..Math.Min(line.Length, 1000)]), final: true);
            if (_open.ContainsKey(output)) Part(output, "end"u8, final: true);
        }
    }

    public override void Dispose() => _file.Dispose();

    // A container that ends without a newline leaves a part that nothing follows.
    private void Restart()
    {
        foreach (string output in Outputs) _due[output].Clear();
        foreach ((string output, (MemoryStream text, DateTime time)) in _open) Keep(output, text, time);
        _open.Clear();
        _file.Dispose();
        _restart++;
        _file = Append(LivePath);
    }

    private void WriteSome()
    {
        for (int lines = Random.Next(3); lines > 0; lines--) Write();
    }

    private string[] Rotated() => [.. Directory.GetFiles(_directory).Where(path => path.StartsWith(LivePath + ".", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private string[] Earlier() => [.. Directory.GetFiles(_directory).Where(path => !Path.GetFileName(path).StartsWith(_restart + ".log", StringComparison.Ordinal))];

    private void Part(string output, ReadOnlySpan<byte> text, bool final)
    {
        DateTime time = _clock.Next();
        byte[] line = [.. Encoding.ASCII.GetBytes($"{RuntimeClock.Print(time)} {output} {(final ? 'F' : 'P')} "), .. text, (byte)'\n'];
        _file.Write(line);
        Lane($"{_container}/{output}").Bytes += line.Length;
        if (!_open.Remove(output, out (MemoryStream Text, DateTime Time) whole)) whole = (new MemoryStream(), time);
        whole.Text.Write(text);
        if (final) Keep(output, whole.Text, whole.Time);
        else _open.Add(output, whole);
    }

    private void Keep(string output, MemoryStream text, DateTime time) =>
        Lane($"{_container}/{output}").Lines.Add(new(Encoding.UTF8.GetString(text.ToArray()), RuntimeClock.PrintWhole(time)));
}
