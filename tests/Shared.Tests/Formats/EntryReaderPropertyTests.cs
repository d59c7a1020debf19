using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using LogPipeline.Formats;
using LogPipeline.Sources;

namespace LogPipeline.Tests.Formats;

public sealed class EntryReaderPropertyTests
{
    private static readonly LogFormat[] s_formats = Enum.GetValues<LogFormat>();

    [Fact]
    public void Wherever_the_chunks_are_cut_the_entries_are_the_same()
    {
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            LogFormat format = s_formats[random.Next(s_formats.Length)];
            int maxLineBytes = random.Next(EntryReader.MinLineBytes, 64);
            byte[] file = RandomFile(random, format);
            List<ReadEntry> whole = EntryReading.ReadWhole(format, file, maxLineBytes);
            return whole.SequenceEqual(EntryReading.ReadInRandomChunks(format, file, random, maxLineBytes))
                && whole.Sum(e => e.LengthBytes) == file.Length;
        }));
    }

    [Fact]
    public void Whatever_the_bytes_nothing_is_thrown_and_nothing_outside_the_chunk_is_read_or_written()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        const int Guard = 64;
        for (int i = 0; i < 3_000; i++)
        {
            LogFormat format = s_formats[i % s_formats.Length];
            byte[] file = RandomFile(random, format);
            var reader = new EntryReader(format, random.Next(EntryReader.MinLineBytes, 64));

            // The same chunk between guards that would change the outcome if they were read: the end of a line, of a string, of a timestamp.
            List<ReadEntry>? first = null;
            foreach (byte guard in "\n\"Z0 \0"u8)
            {
                byte[] memory = [.. Enumerable.Repeat(guard, Guard), .. file, .. Enumerable.Repeat(guard, Guard)];
                Span<byte> chunk = memory.AsSpan(Guard, file.Length);
                var entries = new List<ReadEntry>();
                int position = 0;
                LogEntry entry = default;
                while (reader.TryRead(chunk, ref position, 0, endOfFile: true, ref entry)) entries.Add(EntryReading.Copy(entry, chunk));

                Assert.Equal(file.Length, position);
                Assert.False(memory.AsSpan(0, Guard).ContainsAnyExcept(guard), $"seed {seed}: written before the chunk");
                Assert.False(memory.AsSpan(Guard + file.Length).ContainsAnyExcept(guard), $"seed {seed}: written behind the chunk");
                first ??= entries;
                Assert.True(first.SequenceEqual(entries), $"seed {seed}, round {i}: read outside the chunk");
            }
        }
    }

    [Fact]
    public void A_cri_line_reads_back_as_it_was_written()
    {
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            string text = RandomText(random);
            (string time, long nanos) = RandomTime(random);
            bool stderr = random.Next(2) == 0, partial = random.Next(2) == 0;
            string tags = random.Next(3) == 0 ? ":tag:" : "";
            ReadEntry entry = EntryReading.ReadWhole(LogFormat.Cri, $"{time} {(stderr ? "stderr" : "stdout")} {(partial ? "P" : "F")}{tags} {text}\n").Single();
            return entry.TimestampNanos == nanos && entry.SubStream == (stderr ? SubStream.Stderr : SubStream.Stdout)
                && entry.Flags == (partial ? EntryFlags.Partial : EntryFlags.None) && Encoding.UTF8.GetString(entry.TextBytes) == text;
        }));
    }

    [Fact]
    public void A_docker_line_reads_back_as_it_was_written()
    {
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            string text = RandomText(random);
            (string time, long nanos) = RandomTime(random);
            bool stderr = random.Next(2) == 0, partial = random.Next(2) == 0;
            ReadEntry entry = EntryReading.ReadWhole(LogFormat.Docker, Docker(text + (partial ? "" : "\n"), stderr ? "stderr" : "stdout", time)).Single();
            return entry.TimestampNanos == nanos && entry.SubStream == (stderr ? SubStream.Stderr : SubStream.Stdout)
                && entry.Flags == (partial ? EntryFlags.Partial : EntryFlags.None) && Encoding.UTF8.GetString(entry.TextBytes) == text;
        }));
    }

    /// <summary>Lines of the format, good and broken, and bytes of all kinds, in any order.</summary>
    private static byte[] RandomFile(Random random, LogFormat format)
    {
        var file = new ArrayBufferWriter<byte>();
        for (int lines = random.Next(0, 8); lines > 0; lines--)
        {
            byte[] line = Encoding.UTF8.GetBytes(format switch
            {
                LogFormat.Cri => $"{RandomTime(random).Text} {(random.Next(2) == 0 ? "stdout" : "stderr")} {"PF"[random.Next(2)]} {RandomText(random)}",
                LogFormat.Docker => Docker(RandomText(random) + (random.Next(2) == 0 ? "\n" : ""), "stdout", RandomTime(random).Text).TrimEnd('\n'),
                _ => RandomText(random),
            });
            switch (random.Next(6))
            {
                case 0:
                    random.NextBytes(line);
                    break;
                case 1 when line.Length > 0:
                    line[random.Next(line.Length)] = (byte)random.Next(256);
                    break;
                case 2:
                    line = line[..random.Next(line.Length + 1)];
                    break;
            }

            file.Write(line);
            if (random.Next(10) > 0) file.Write(random.Next(4) == 0 ? "\r\n"u8 : "\n"u8);
        }

        return file.WrittenSpan.ToArray();
    }

    private static string Docker(string log, string stream, string time)
    {
        string attributes = time.Length % 2 == 0 ? "" : "\"attrs\":{\"tag\":\"a\"},";
        return $"{{\"log\":{JsonSerializer.Serialize(log)},\"stream\":\"{stream}\",{attributes}\"time\":\"{time}\"}}\n";
    }

    private static (string Text, long Nanos) RandomTime(Random random)
    {
        long nanos = random.NextInt64(0, 4_000_000_000_000_000_000);
        nanos -= nanos % (long)Math.Pow(10, random.Next(0, 10));
        byte[] written = new byte[Rfc3339Nano.WrittenLength];
        Rfc3339Nano.Write(nanos, written);
        string text = Encoding.ASCII.GetString(written).TrimEnd('Z').TrimEnd('0');
        return (text.TrimEnd('.') + "Z", nanos);
    }

    /// <summary>Any text but line ends, so that what was written is what is to be read.</summary>
    private static string RandomText(Random random)
    {
        string[] pieces = ["", " ", "word ", "ERROR", "é", "€", "😀", "\0", "\t", "\\", "\"", "{\"a\":1}", "\u001b[31m", "\u2028", "<&>", new string('x', random.Next(100))];
        return string.Concat(Enumerable.Range(0, random.Next(0, 12)).Select(_ => pieces[random.Next(pieces.Length)]));
    }
}
