using System.Globalization;

namespace LogPipeline.Local.Demo;

/// <summary>How the demo's programs write a line. Times are the program's own, a moment before the runtime's.</summary>
internal static class LineFormats
{
    /// <summary>nginx's combined format with the request's time.</summary>
    public static string Nginx(long nanos, string client, string request, int status, int bytes, string agent, double seconds) =>
        Invariant($"{client} - - [{At(nanos, "dd/MMM/yyyy:HH:mm:ss")} +0000] \"{request} HTTP/1.1\" {status} {bytes} \"-\" \"{agent}\" {seconds:0.000}");

    public static string NginxError(long nanos, string level, string message) => $"{At(nanos, "yyyy/MM/dd HH:mm:ss")} [{level}] 29#29: {message}";

    /// <summary>Spring Boot's console pattern.</summary>
    public static string Spring(long nanos, string level, string thread, string logger, string message) =>
        $"{At(nanos, "yyyy-MM-ddTHH:mm:ss.fffZ")} {level,5} 1 --- [cart] [{thread,15}] {logger,-40} : {message}";

    public static string Logfmt(long nanos, string level, string message, string fields) =>
        $"time={At(nanos, "yyyy-MM-ddTHH:mm:ss.fffZ")} level={level} msg=\"{message}\" {fields}";

    public static string Python(long nanos, string level, string logger, string message) =>
        $"{At(nanos, "yyyy-MM-dd HH:mm:ss,fff")} {level} {logger}: {message}";

    /// <summary>One JSON object, as ASP.NET's JSON console writes it; <paramref name="fields"/> are members of <c>State</c>, already JSON.</summary>
    public static string DotnetJson(long nanos, string level, string category, string message, string fields) =>
        $"{{\"Timestamp\":\"{At(nanos, "yyyy-MM-ddTHH:mm:ss.fffZ")}\",\"LogLevel\":\"{level}\",\"Category\":\"{category}\",\"Message\":\"{message}\",\"State\":{{{fields}}}}}";

    /// <summary>Pino's JSON, levels as numbers.</summary>
    public static string Pino(long nanos, int level, string message, string fields) =>
        Invariant($"{{\"level\":{level},\"time\":{nanos / 1_000_000},\"pid\":1,\"hostname\":\"fraud-check\",\"msg\":\"{message}\",{fields}}}");

    public static string Postgres(long nanos, int pid, string level, string message) => Invariant($"{At(nanos, "yyyy-MM-dd HH:mm:ss.fff")} UTC [{pid}] {level}:  {message}");

    public static string CoreDns(string client, int port, int id, string name, string code, double seconds) =>
        Invariant($"[INFO] {client}:{port} - {id} \"A IN {name}. udp {name.Length + 22} false 512\" {code} qr,aa,rd {name.Length * 2 + 30} {seconds:0.000000000}s");

    public static string Klog(long nanos, char level, string source, string message) => $"{level}{At(nanos, "MMdd HH:mm:ss.ffffff")}       1 {source}] {message}";

    public static string Prometheus(long nanos, string level, string source, string message, string fields) =>
        $"time={At(nanos, "yyyy-MM-ddTHH:mm:ss.fffZ")} level={level} source={source} msg=\"{message}\" {fields}";

    private static string At(long nanos, string format) => DateTime.UnixEpoch.AddTicks(nanos / 100).ToString(format, CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
