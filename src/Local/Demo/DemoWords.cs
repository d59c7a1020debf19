using System.Globalization;

namespace LogPipeline.Local.Demo;

/// <summary>Customers, goods and identifiers.</summary>
internal sealed class DemoWords(Random random)
{
    private static readonly (string Sku, string Name, int Cents)[] Goods =
    [
        ("SKU-1041", "Trail Runner 4", 12_990), ("SKU-1187", "Alpine Jacket", 24_900), ("SKU-2210", "Camp Stove Mini", 5_450), ("SKU-2307", "Headlamp 600", 6_995),
        ("SKU-3002", "Merino Socks", 1_890), ("SKU-3119", "Dry Bag 20 l", 2_400), ("SKU-4420", "Carbon Poles", 9_900), ("SKU-5008", "Café Press Steel", 3_950),
    ];

    private static readonly string[] Agents =
    [
        "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    ];

    private static readonly string[] Searches = ["rain%20jacket", "stove", "headlamp", "socks%20merino", "tent%202p", "gift%20card"];

    private int _order = random.Next(48_000, 52_000);

    public (string Sku, string Name, int Cents) Good() => Goods[random.Next(Goods.Length)];

    public string Agent() => Agents[random.Next(Agents.Length)];

    public string Search() => Searches[random.Next(Searches.Length)];

    public int User() => random.Next(1_000, 1_400);

    /// <summary>From the blocks that RFC 5737 keeps for documentation.</summary>
    public string ClientIp() => string.Create(CultureInfo.InvariantCulture, $"{(random.Next(2) == 0 ? "203.0.113" : "198.51.100")}.{random.Next(1, 255)}");

    public string Order() => string.Create(CultureInfo.InvariantCulture, $"ORD-{_order++}");

    public string Hex(int digits) => new(random.GetItems("0123456789abcdef".AsSpan(), digits));

    public static string Money(int cents) => string.Create(CultureInfo.InvariantCulture, $"{cents / 100}.{cents % 100:D2}");
}
