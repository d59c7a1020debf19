using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LogPipeline.Local.Running.Benching;

/// <summary>
/// A store that keeps nothing: it counts documents by their lines and says that each was created. Blocking, a thread a connection, on loopback only; for
/// <c>bench</c>, which runs it as a process of its own.
/// </summary>
internal sealed class BenchSink : IDisposable
{
    private const int BufferBytes = 1 << 20;

    private static readonly byte[] Row = """{"create":{"status":201}},"""u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private long _documents, _requests;

    public BenchSink()
    {
        _listener.Start();
        new Thread(Accept) { IsBackground = true, Name = "sink" }.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                Socket socket = _listener.AcceptSocket();
                socket.NoDelay = true;
                new Thread(() => Serve(socket)) { IsBackground = true }.Start();
            }
        }
        catch (SocketException)
        {
            // The listener was closed: nobody asks any more.
        }
    }

    private void Serve(Socket socket)
    {
        byte[] buffer = new byte[BufferBytes];
        int filled = 0;
        using (socket)
        {
            try
            {
                while (ReadHead(socket, buffer, ref filled, out string path, out int head, out long length))
                {
                    long lines = CountLines(socket, buffer, head, ref filled, length);
                    socket.Send(Answer(path, lines));
                }
            }
            catch (SocketException)
            {
                // The pipeline has closed its end.
            }
        }
    }

    // Grammar: method SP path SP "HTTP/1.1" CRLF *(name ":" value CRLF) CRLF. A pipeline's requests have a length and no more than 16 KiB before their body.
    private static bool ReadHead(Socket socket, byte[] buffer, ref int filled, out string path, out int head, out long length)
    {
        (path, length) = ("", 0);
        while ((head = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8) + 4) < 4)
        {
            int read = filled < buffer.Length ? socket.Receive(buffer.AsSpan(filled)) : 0;
            if (read == 0) return false;
            filled += read;
        }
        string[] lines = Encoding.ASCII.GetString(buffer, 0, head).Split("\r\n");
        path = lines[0].Split(' ')[1];
        foreach (string line in lines)
            if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) length = long.Parse(line.AsSpan("Content-Length:".Length), System.Globalization.CultureInfo.InvariantCulture);
        return true;
    }

    private static long CountLines(Socket socket, byte[] buffer, int head, ref int filled, long length)
    {
        int inBuffer = (int)Math.Min(length, filled - head);
        long lines = buffer.AsSpan(head, inBuffer).Count((byte)'\n'), left = length - inBuffer;
        buffer.AsSpan(head + inBuffer, filled - head - inBuffer).CopyTo(buffer);
        filled -= head + inBuffer;
        while (left > 0)
        {
            int read = socket.Receive(buffer.AsSpan(0, (int)Math.Min(left, buffer.Length)));
            if (read == 0) return lines;
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
            left -= read;
        }
        return lines;
    }

    private byte[] Answer(string path, long lines)
    {
        var body = new ArrayBufferWriter<byte>();
        if (path.StartsWith("/_bulk", StringComparison.Ordinal))
        {
            int documents = (int)(lines / 2);
            Interlocked.Add(ref _documents, documents);
            Interlocked.Increment(ref _requests);
            body.Write("{\"took\":0,\"errors\":false,\"items\":["u8);
            for (int document = 1; document <= documents; document++) body.Write(document < documents ? Row : Row.AsSpan(0, Row.Length - 1));
            body.Write("]}"u8);
        }
        else
        {
            string text = path == "/" ? """{"version":{"distribution":"opensearch","number":"2.19.1"}}"""
                : path.Contains("_count", StringComparison.Ordinal) ? """{"count":0}"""
                : path == SinkProcess.CountsPath ? $"{Interlocked.Read(ref _documents)} {Interlocked.Read(ref _requests)}"
                : """{"acknowledged":true}""";
            body.Write(Encoding.ASCII.GetBytes(text));
        }
        return [.. "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "u8, .. Encoding.ASCII.GetBytes(body.WrittenCount.ToString(System.Globalization.CultureInfo.InvariantCulture)), .. "\r\n\r\n"u8, .. body.WrittenSpan];
    }
}
