using System.Text;
using static LogPipeline.Local.Demo.LineFormats;

namespace LogPipeline.Local.Demo;

/// <summary>What goes wrong, and what is large.</summary>
internal sealed class MishapScenes(DemoCluster cluster, DemoWords words, Random random)
{
    /// <summary>A deadlock: a Java trace in the cart, and PostgreSQL's side of it.</summary>
    public void Deadlock(Scene scene)
    {
        int user = words.User();
        scene.Lines(cluster.Postgres, stderr: true,
            Postgres(scene.Now, 214, "ERROR", "deadlock detected") + "\n"
            + Postgres(scene.Now, 214, "DETAIL", "Process 214 waits for ShareLock on transaction 91342; blocked by process 209.") + "\n"
            + $"\tProcess 209 waits for ShareLock on transaction 91340; blocked by process 214.\n"
            + Postgres(scene.Now, 214, "STATEMENT", $"update cart set version=$1 where user_id={user}"));
        scene.Wait(1, 8);
        string first = Spring(scene.Now, "ERROR", $"nio-8080-exec-{random.Next(1, 10)}", "c.e.shop.cart.ApiExceptionHandler", $"could not save the cart of user {user}, trace_id={words.Hex(32)}");
        scene.Lines(cluster.Cart, stderr: false, Traces.DeadlockFound(first, user));
        scene.Out(cluster.Storefronts[0], Nginx(scene.Now, words.ClientIp(), "POST /api/cart/items", 500, 203, words.Agent(), random.Next(30, 1_200) / 1000.0));
    }

    /// <summary>A Python traceback on standard error, while standard output goes on.</summary>
    public void BadRanking(Scene scene)
    {
        int user = words.User();
        string[] trace = Traces.BadShape(Python(scene.Now, "ERROR", "recommender.api", $"could not rank {random.Next(24, 96)} candidates for user {user}")).Split('\n');
        for (int i = 0; i < trace.Length; i++)
        {
            scene.Err(cluster.Recommender, trace[i]);
            if (i is 3 or 9) scene.Out(cluster.Recommender, Python(scene.Now, "INFO", "recommender.api", $"ranked {random.Next(24, 96)} candidates for user {words.User()} in {random.Next(3, 40)} ms, best {words.Good().Sku}"));
        }
    }

    /// <summary>The orders service panics; the kubelet starts it again after its back-off.</summary>
    public void Panic(Scene scene)
    {
        if (cluster.Orders.IsDown) return;
        scene.Out(cluster.Orders, Logfmt(scene.Now, "info", "order received", $"order={words.Order()} user={words.User()} voucher=WELCOME10 trace_id={words.Hex(32)}"));
        scene.Lines(cluster.Orders, stderr: true, Traces.NilVoucher(words.Hex(6)));
        scene.Do(stage => stage.End(cluster.Orders));
        scene.Wait(10_000, 11_000);
        scene.Do(stage => stage.Restart(cluster.Orders));
        scene.Out(cluster.Orders, Logfmt(scene.Now, "info", "starting", "version=2.14.3 go=go1.25.3"));
        scene.Wait(120, 400);
        scene.Out(cluster.Orders, Logfmt(scene.Now, "info", "listening", "address=:8080"));
    }

    /// <summary>An import that logs what it imported: one JSON line of several CRI parts.</summary>
    public void CatalogImport(Scene scene)
    {
        var items = new StringBuilder();
        int count = random.Next(180, 420);
        for (int i = 0; i < count; i++)
        {
            var good = words.Good();
            items.Append(i == 0 ? "" : ",").Append($"{{\"sku\":\"{good.Sku}-{i:D3}\",\"name\":\"{good.Name}\",\"cents\":{good.Cents},\"stock\":{random.Next(0, 200)},\"updated\":{(random.Next(3) == 0 ? "true" : "false")}}}");
        }
        scene.Out(cluster.CatalogSync, $"{{\"severity\":\"INFO\",\"message\":\"import started\",\"supplier\":\"north-outdoor\",\"file\":\"catalog-{words.Hex(6)}.xml\"}}");
        scene.Wait(800, 2_500);
        scene.Out(cluster.CatalogSync, $"{{\"severity\":\"DEBUG\",\"message\":\"imported {count} items\",\"supplier\":\"north-outdoor\",\"items\":[{items}]}}");
        scene.Wait(5, 30);
        scene.Out(cluster.CatalogSync, $"{{\"severity\":\"INFO\",\"message\":\"import finished\",\"supplier\":\"north-outdoor\",\"items\":{count},\"duration_ms\":{scene.ElapsedMilliseconds}}}");
    }
}
