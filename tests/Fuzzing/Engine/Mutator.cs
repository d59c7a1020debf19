using System.Text;

namespace LogPipeline.Tests.Engine;

/// <summary>Changes inputs as disks, networks, other programs and malice do: flips, losses, repetitions, splices, numbers at their bounds, deep nesting.</summary>
internal static class Mutator
{
    private static readonly string[] Numbers = ["0", "-1", "1e400", "2147483648", "-9223372036854775809", "18446744073709551616", "0.0000000000000001", "00"];

    /// <param name="input">What is changed; left as it is.</param>
    /// <param name="other">What pieces may come from.</param>
    /// <param name="random">Decides.</param>
    /// <param name="tokens">What means something to the parser.</param>
    /// <param name="maxBytes">The result is cut there.</param>
    public static byte[] Mutate(byte[] input, byte[] other, Random random, IReadOnlyList<string> tokens, int maxBytes)
    {
        var bytes = new List<byte>(input);
        for (int changes = 1 << random.Next(4); changes > 0; changes--) Change(bytes, other, random, tokens);
        if (bytes.Count > maxBytes) bytes.RemoveRange(maxBytes, bytes.Count - maxBytes);
        return [.. bytes];
    }

    private static void Change(List<byte> bytes, byte[] other, Random random, IReadOnlyList<string> tokens)
    {
        int at = random.Next(bytes.Count + 1);
        int length = Math.Min(bytes.Count - at, random.Next(3) == 0 ? random.Next(1, 400) : random.Next(1, 12));
        switch (random.Next(12))
        {
            case 0 or 1 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 3:
                bytes.RemoveRange(at, length);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 5:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 6 when other.Length > 0:
                int from = random.Next(other.Length);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(other.Length - from, random.Next(1, 400))).ToArray());
                break;
            case 7 when tokens.Count > 0:
                bytes.InsertRange(at, Encoding.UTF8.GetBytes(tokens[random.Next(tokens.Count)]));
                break;
            case 8 when tokens.Count > 0:
                bytes.InsertRange(at, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(tokens[random.Next(tokens.Count)], random.Next(2, 2000)))));
                break;
            case 9:
                bytes.InsertRange(at, Encoding.ASCII.GetBytes(Numbers[random.Next(Numbers.Length)]));
                break;
            case 10:
                bytes.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), random.Next(1, 5000)));
                break;
            default:
                bytes.InsertRange(at, Enumerable.Range(0, random.Next(1, 9)).Select(_ => (byte)random.Next(256)));
                break;
        }
    }
}
