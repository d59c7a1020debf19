using System.Globalization;
using System.Text;

namespace LogPipeline.Tests.Writing;

/// <summary>A container's file of a given size: plain lines of about 150 bytes, both outputs, each with a stamp of its own.</summary>
internal static class LargeCriFile
{
    private const int BlockLines = 10_000;

    /// <summary>Returns the number of lines written.</summary>
    public static int Write(string path, long sizeBytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using FileStream file = File.Create(path);
        var block = new StringBuilder();
        DateTime time = DateTime.UtcNow.Date;
        int lines = 0;
        while (file.Length < sizeBytes)
        {
            block.Clear();
            for (int line = 0; line < BlockLines; line++, lines++)
            {
                time = time.AddTicks(37);
                block.Append(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd'T'HH:mm:ss.fffffff}Z {(lines % 7 == 0 ? "stderr" : "stdout")} F INFO request {lines} GET /cart/{lines % 991} took {lines % 313} ms for user {lines % 7919} from 10.0.{lines % 256}.{lines % 199} status 200\n");
            }
            file.Write(Encoding.ASCII.GetBytes(block.ToString()));
        }
        return lines;
    }
}
