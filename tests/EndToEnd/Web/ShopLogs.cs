using LogPipeline.Local.Search.Queries;
using LogPipeline.Tests.Search;

namespace LogPipeline.Tests.Web;

/// <summary>What the page is shown: three streams of the last half hour, one of them over three files, and a few lines of their own.</summary>
public sealed class ShopLogs
{
    public const string Trace = "ERROR settle failed\njava.lang.IllegalStateException: Order 88412 is already settled\n\tat com.acme.Settlement.settle(Settlement.java:142)";
    public const string Hostile = "<img src=x onerror=\"window.owned=1\"><script>window.owned=1</script> \u001b[31mred\u001b[0m \u001b]8;;http://x\u0007link";

    private readonly DateTimeOffset _now;

    public ShopLogs(DateTimeOffset now)
    {
        _now = now;
        var all = new List<StoredLine>();
        for (int i = 0; i < 300; i++)
        {
            // 100 lines a file: 100 and 200 begin a new one.
            all.Add(At(1800 - (i * 5)) with { Body = $"cart step {i}", Rotation = i / 100, Offset = i % 100 * 60 });
        }

        for (int i = 0; i < 40; i++)
        {
            all.Add(At(1700 - (i * 30)) with { Body = $"pay attempt {i}", Pod = "pay-1", Level = i % 10 == 0 ? "ERROR" : "DEBUG", Offset = i * 60 });
            all.Add(At(1690 - (i * 30)) with { Body = $"{{\"msg\":\"invoice {i}\",\"user\":{i}}}", Namespace = "billing", Pod = "bill-1", Tenant = "money", Fields = $"{{\"user\":\"{i}\"}}", Offset = i * 60 });
        }

        all.Add(At(900) with { Body = Trace, Pod = "checkout-1", Level = "ERROR", Stream = "stderr", Offset = 0 });
        all.Add(At(800) with { Body = Hostile, Namespace = "", Path = "/srv/app/hostile.log", Level = null, Offset = 0 });
        All = all;
    }

    internal IReadOnlyList<StoredLine> All { get; }

    /// <summary>A line of the cart, so many seconds ago.</summary>
    internal StoredLine At(double secondsAgo) =>
        new() { Nanos = NanoTime.FromInstant(_now.AddSeconds(-secondsAgo)), Body = "", Offset = 0 };
}
