using System.Text;
using LogPipeline.Parsing;

namespace LogPipeline.Tests.Parsing;

public class SeverityTextTests
{
    [Theory]
    [InlineData("2026-11-20 14:02:11.104  INFO 1 --- [           main] c.e.shop.ShopApplication : Started", Severity.Info)]
    [InlineData("2026-11-20 14:02:13.551 ERROR 1 --- [nio-8080-exec-3] o.a.c.c.C.[.[.[/].[dispatcherServlet] : x", Severity.Error)]
    [InlineData("2026-11-20T14:02:11.104+01:00  WARN 1 --- [main] x : y", Severity.Warn)]
    [InlineData("14:02:11.104 [main] DEBUG com.example.A - msg", Severity.Debug)]
    [InlineData("[main] TRACE com.example.A - msg", Severity.Trace)]
    [InlineData("2026-11-20 14:03:01,017 INFO worker started pid=1", Severity.Info)]
    [InlineData("2026-11-20 14:03:01,017 - mymodule - WARNING - msg", Severity.Warn)]
    [InlineData("2026-11-20 14:03:01,017 - My - CRITICAL - msg", Severity.Fatal)]
    [InlineData("ERROR:root:msg", Severity.Error)]
    [InlineData("ERROR", Severity.Error)]
    [InlineData("SEVERE: Error listenerStart", Severity.Error)]
    [InlineData("NOTICE: fpm is running", Severity.Info)]
    [InlineData("[20-Nov-2026 14:07:00 UTC] NOTICE: fpm is running, pid 1", Severity.Info)]
    [InlineData("[20-Nov-2026 14:07:02 UTC] PHP Fatal error:  Uncaught PDOException: x", Severity.Fatal)]
    [InlineData("PHP Warning:  Undefined array key", Severity.Warn)]
    [InlineData("info: Microsoft.Hosting.Lifetime[14]\n      Now listening", Severity.Info)]
    [InlineData("fail: Microsoft.AspNetCore.Server.Kestrel[13]", Severity.Error)]
    [InlineData("crit: A[0]", Severity.Fatal)]
    [InlineData("warn: A[0]", Severity.Warn)]
    [InlineData("dbug: A[0]", Severity.Debug)]
    [InlineData("trce: A[0]", Severity.Trace)]
    [InlineData("\u001b[40m\u001b[32minfo\u001b[39m\u001b[22m\u001b[49m: Microsoft.Hosting.Lifetime[0]", Severity.Info)]
    [InlineData("\u001b[31mERROR\u001b[0m something", Severity.Error)]
    [InlineData("time=\"2026-11-20T14:00:00Z\" level=warning msg=\"x y\"", Severity.Warn)]
    [InlineData("msg=\"some words first\" level=error", Severity.Error)]
    [InlineData("level=info msg=x", Severity.Info)]
    [InlineData("I1120 16:40:10.123456       1 leader.go:1] x", Severity.Info)]
    [InlineData("E1120 16:40:10.123456       1 reflector.go:127] x", Severity.Error)]
    [InlineData("W1120 16:40:10", Severity.Warn)]
    [InlineData("F1120 16:40:10", Severity.Fatal)]
    [InlineData("<3>kernel: x", Severity.Error)]
    [InlineData("<14>1 2026-11-20T14:00:00Z host app - - - x", Severity.Info)]
    [InlineData("E, [2026-11-20T14:06:00.310021 #1] ERROR -- : undefined method", Severity.Error)]
    [InlineData("I, [2026-11-20T14:06:00.120394 #1]  INFO -- : Started", Severity.Info)]
    [InlineData("[INFO] 10.244.0.1:5353 - 1 \"A IN x\"", Severity.Info)]
    [InlineData("2026/11/20 14:00:00 [error] 12#12: *1 open() failed", Severity.Error)]
    [InlineData("[Fri Nov 20 14:00:00.123 2026] [core:warn] [pid 1] x", Severity.Warn)]
    [InlineData("2026-11-20T14:00:00.000000Z 0 [Warning] [MY-010068] x", Severity.Warn)]
    [InlineData("[14:02:11 INF] Serilog", Severity.Info)]
    [InlineData("[2026-11-20 14:00:00,000: ERROR/MainProcess] Task failed", Severity.Error)]
    [InlineData("2026-11-20 14:00:00.000 | SUCCESS | m", Severity.Unspecified)]
    [InlineData("2026-11-20 14:00:00.000 | DEBUG    | m:f:1 - x", Severity.Debug)]
    [InlineData("2026-11-20T14:00:00.000Z\tinfo\tcaller.go:1\tmsg", Severity.Info)]
    [InlineData("2026-11-20 14:00:00.000000 W | etcdserver: x", Severity.Warn)]
    [InlineData("2:00PM ERR failed error=x", Severity.Error)]
    [InlineData("Nov 20 16:40:10 host1 app[12]: WARN low space", Severity.Warn)]
    [InlineData("Nov 20 16:40:10 host app[12]: ERROR x", Severity.Error)]
    [InlineData("2026-11-20 14:00:00 main ERROR Unable to locate appender", Severity.Error)]
    [InlineData("INFO[0001] started", Severity.Info)]
    [InlineData("Warning: deprecated", Severity.Warn)]
    [InlineData("error: failed to push", Severity.Error)]
    [InlineData("Exception in thread \"main\" java.lang.RuntimeException: x", Severity.Error)]
    [InlineData("java.lang.IllegalStateException: locked", Severity.Error)]
    [InlineData("Unhandled exception. System.AggregateException: One", Severity.Error)]
    [InlineData("Traceback (most recent call last):\n  File", Severity.Error)]
    [InlineData("panic: runtime error: x", Severity.Fatal)]
    [InlineData("fatal error: all goroutines are asleep - deadlock!", Severity.Fatal)]
    [InlineData("Error: connect ECONNREFUSED", Severity.Error)]
    [InlineData("TypeError: bad item 17", Severity.Error)]
    [InlineData("/app/src/cart.js:27\n    throw e", Severity.Error)]
    [InlineData("/app/src/cart.js:27", Severity.Unspecified)]
    [InlineData("/app/jobs/mail.rb:12:in `deliver': SMTP refused (Net::SMTPFatalError)", Severity.Error)]
    [InlineData("(node:1) UnhandledPromiseRejectionWarning: Error: connect", Severity.Warn)]
    [InlineData("no error found", Severity.Unspecified)]
    [InlineData("2026-11-20 14:00:00 no ERROR found", Severity.Unspecified)]
    [InlineData("Found ERROR in the text", Severity.Unspecified)]
    [InlineData("2026-11-20 14:00:00 Found ERROR in the text", Severity.Unspecified)]
    [InlineData("SELECT * FROM INFORMATION_SCHEMA.TABLES", Severity.Unspecified)]
    [InlineData("INFORMATION_SCHEMA", Severity.Unspecified)]
    [InlineData("2026-11-20 14:00:00 INFORMATION_SCHEMA read", Severity.Unspecified)]
    [InlineData("ERROR_COUNT is 0", Severity.Unspecified)]
    [InlineData("DEBUG=true node app.js", Severity.Unspecified)]
    [InlineData("info about the error", Severity.Unspecified)]
    [InlineData("E1399 16:40 not a date", Severity.Unspecified)]
    [InlineData("10.244.1.9 - - [20/Nov/2026:14:00:00 +0000] \"GET /error HTTP/1.1\" 500 0", Severity.Unspecified)]
    [InlineData("the last line\nERROR behind it", Severity.Unspecified)]
    [InlineData("", Severity.Unspecified)]
    [InlineData("[", Severity.Unspecified)]
    public void A_severity_is_found_only_at_its_place(string text, Severity expected) =>
        Assert.Equal(expected, SeverityText.Find(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Beyond_the_first_bytes_nothing_is_looked_at() =>
        Assert.Equal(Severity.Unspecified, SeverityText.Find(Encoding.UTF8.GetBytes(new string('-', SeverityText.VisibleBytes) + " ERROR x")));

    [Fact]
    public void Any_bytes_are_taken()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        string[] pieces = ["[", "]", "(", ":", " ", "\t", "|", "=", "level=", "ERROR", "info", "\u001b[", "\u001b", "<", ">", "E1120 ", "I, [", "panic: ", "PHP ", "/a:1:in `", "node:", "é", "\n", "-", "12:30"];
        for (int i = 0; i < 40_000; i++)
        {
            byte[] text = [.. Enumerable.Range(0, random.Next(12)).SelectMany(_ => Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)]))];
            if (text.Length > 0 && random.Next(4) == 0) text[random.Next(text.Length)] = (byte)random.Next(256);
            Exception? thrown = Record.Exception(() => SeverityText.Find(text));
            Assert.True(thrown is null, $"seed {seed}, step {i}: {thrown}");
        }
    }
}
