using System.Text;

namespace LogPipeline.Tests.Formats;

/// <summary>Texts of log lines, from plain to hostile.</summary>
internal static class RandomBytes
{
    /// <summary>Runs of plain text, text that needs escapes, characters of several bytes and, now and then, bytes that are no text.</summary>
    public static byte[] Text(Random random, int maxBytes)
    {
        int length = random.Next(maxBytes + 1);
        bool broken = random.Next(4) == 0;
        List<byte> bytes = [];
        while (bytes.Count < length)
        {
            int run = random.Next(1, 80);
            switch (random.Next(broken ? 5 : 4))
            {
                case 0 or 1:
                    for (int i = 0; i < run; i++) bytes.Add((byte)random.Next(0x20, 0x7f));
                    break;
                case 2:
                    for (int i = 0; i < run / 4; i++) bytes.Add("\"\\\n\t\u0001\u001f"u8[random.Next(6)]);
                    break;
                case 3:
                    for (int i = 0; i < run / 8; i++) bytes.AddRange(Encoding.UTF8.GetBytes(new Rune(random.Next(2) == 0 ? random.Next(0x80, 0xd800) : random.Next(0xe000, 0x11_0000)).ToString()));
                    break;
                default:
                    for (int i = 0; i < random.Next(1, 4); i++) bytes.Add((byte)random.Next(0x80, 0x100));
                    break;
            }
        }
        return [.. bytes];
    }
}
