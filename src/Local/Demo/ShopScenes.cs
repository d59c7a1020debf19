using static LogPipeline.Local.Demo.LineFormats;

namespace LogPipeline.Local.Demo;

/// <summary>What customers do. A checkout leaves its order and its trace id in the logs of every service that it passes.</summary>
internal sealed class ShopScenes(DemoCluster cluster, DemoWords words, Random random)
{
    public void Browse(Scene scene)
    {
        var good = words.Good();
        bool search = random.Next(4) == 0, missing = random.Next(30) == 0;
        string request = missing ? "GET /products/SKU-0000" : search ? $"GET /search?q={words.Search()}" : $"GET /products/{good.Sku}";
        bool cached = !search && !missing && random.Next(5) == 0;
        if (!cached && !missing)
        {
            int user = words.User(), candidates = random.Next(24, 96);
            scene.Wait(2, 20);
            scene.Out(cluster.Recommender, Python(scene.Now, "INFO", "recommender.api", $"ranked {candidates} candidates for user {user} in {random.Next(3, 40)} ms, best {good.Sku}"));
        }
        scene.Wait(1, 25);
        Access(scene, request, missing ? 404 : cached ? 304 : 200, missing ? 153 : cached ? 0 : random.Next(4_000, 24_000));
        if (missing) scene.Err(Storefront(), NginxError(scene.Now, "error", "*4711 open() \"/usr/share/nginx/html/products/SKU-0000\" failed (2: No such file or directory)"));
    }

    public void AddToCart(Scene scene)
    {
        var good = words.Good();
        int user = words.User(), quantity = random.Next(1, 4);
        string trace = words.Hex(32);
        scene.Wait(3, 30);
        scene.Out(cluster.Cart, Spring(scene.Now, "INFO", Thread(), "com.example.shop.cart.CartController", $"added {quantity} x \"{good.Name}\" to the cart of user {user}, now {DemoWords.Money(good.Cents * quantity)} EUR, trace_id={trace}"));
        if (random.Next(12) == 0)
            scene.Out(cluster.Cart, Spring(scene.Now, "WARN", Thread(), "com.example.shop.cart.StockClient", $"stock of {good.Sku} is low: {random.Next(1, 6)} left, trace_id={trace}"));
        scene.Wait(1, 10);
        Access(scene, "POST /api/cart/items", 201, random.Next(180, 420));
    }

    public void Checkout(Scene scene)
    {
        var good = words.Good();
        int user = words.User(), cents = good.Cents * random.Next(1, 3);
        string order = words.Order(), trace = words.Hex(32), fields = $"order={order} user={user} trace_id={trace}";
        if (cluster.Orders.IsDown)
        {
            OrdersUnreachable(scene, user, trace);
            return;
        }

        scene.Wait(4, 20);
        scene.Out(cluster.Cart, Spring(scene.Now, "INFO", Thread(), "com.example.shop.cart.CheckoutService", $"checking out the cart of user {user} as {order}, trace_id={trace}"));
        scene.Wait(2, 10);
        scene.Out(cluster.Orders, Logfmt(scene.Now, "info", "order received", $"{fields} total_cents={cents}"));
        scene.Wait(2, 8);
        bool suspicious = random.Next(25) == 0;
        int score = suspicious ? random.Next(70, 99) : random.Next(1, 30);
        scene.Out(cluster.Fraud, Pino(scene.Now, suspicious ? 40 : 30, suspicious ? "payment looks suspicious" : "payment scored", $"\"order\":\"{order}\",\"score\":{score},\"trace_id\":\"{trace}\""));
        scene.Wait(40, 350);
        bool declined = suspicious || random.Next(30) == 0;
        string state = $"\"OrderId\":\"{order}\",\"Cents\":{cents},\"Provider\":\"acme-pay\",\"DurationMs\":{scene.ElapsedMilliseconds},\"TraceId\":\"{trace}\"";
        scene.Out(cluster.Payments, declined
            ? DotnetJson(scene.Now, "Warning", "Payments.Api.ChargeHandler", $"Charge for {order} declined: {(suspicious ? "fraud_suspected" : "insufficient_funds")}", state)
            : DotnetJson(scene.Now, "Information", "Payments.Api.ChargeHandler", $"Charge for {order} captured", state));
        scene.Wait(2, 10);
        scene.Out(cluster.Orders, declined
            ? Logfmt(scene.Now, "warn", "order cancelled", $"{fields} reason=payment_declined")
            : Logfmt(scene.Now, "info", "order placed", $"{fields} total_cents={cents} duration_ms={scene.ElapsedMilliseconds}"));
        scene.Wait(1, 6);
        Access(scene, "POST /api/checkout", declined ? 402 : 200, random.Next(240, 600));
    }

    /// <summary>The orders service is down: a Java trace, and a 502 for the customer.</summary>
    private void OrdersUnreachable(Scene scene, int user, string trace)
    {
        scene.Wait(3, 15);
        scene.Lines(cluster.Cart, stderr: false, Traces.OrdersRefused(Spring(scene.Now, "ERROR", Thread(), "com.example.shop.cart.CheckoutService", $"checkout of user {user} failed, trace_id={trace}"), cluster.Orders.Ip));
        scene.Wait(1, 5);
        Access(scene, "POST /api/checkout", 502, 157);
        scene.Err(Storefront(), NginxError(scene.Now, "error", $"*5120 connect() failed (111: Connection refused) while connecting to upstream, upstream: \"http://{cluster.Cart.Ip}:8080/api/checkout\""));
    }

    private DemoContainer Storefront() => cluster.Storefronts[random.Next(cluster.Storefronts.Count)];

    private void Access(Scene scene, string request, int status, int bytes) =>
        scene.Out(Storefront(), Nginx(scene.Now, words.ClientIp(), request, status, bytes, words.Agent(), Math.Max(scene.ElapsedMilliseconds, 1) / 1000.0));

    private string Thread() => $"nio-8080-exec-{random.Next(1, 10)}";
}
