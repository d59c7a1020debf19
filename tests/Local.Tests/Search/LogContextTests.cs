using LogPipeline.Local.Search;
using LogPipeline.Local.Search.Queries;
using LogPipeline.Local.Search.Results;

namespace LogPipeline.Tests.Search;

public sealed class LogContextTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    private const long Noon = 1795176000_000_000_000;

    [Fact]
    public async Task Context_is_what_grep_would_print_across_rotations_restarts_and_days()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        LogSearch search = store.NewSearch(out string tenant);
        var written = new List<StoredLine>();
        long nanos = Noon - (6 * 3600 * NanoTime.NanosPerSecond);
        for (int restart = 0, rotation = 0; restart < 3; restart++, rotation++)
        {
            long offset = 0;
            for (int i = 0; i < 60; i++)
            {
                if (random.Next(12) == 0)
                {
                    rotation++;
                    offset = 0;
                }

                // Many lines share a time, some are hours apart, so that the stream spans two days and two indices.
                nanos += random.Next(3) * NanoTime.NanosPerSecond * (random.Next(20) == 0 ? 1800 : 0);
                written.Add(new StoredLine { Nanos = nanos, Tenant = tenant, Body = $"line {written.Count}", Restart = restart, Rotation = rotation, Offset = offset });
                offset += random.Next(20, 2000);
            }
        }

        StoredLine[] others = [.. written.SelectMany(line => new[] { line with { Body = "stderr", Stream = "stderr", Offset = line.Offset + 10 }, line with { Body = "another pod", Pod = "cart-2" } })];
        await store.StoreAsync([.. written.Concat(others).OrderBy(_ => random.Next())]);
        foreach (int at in (int[])[0, 1, 59, 60, 61, 120, 178, 179, random.Next(180), random.Next(180)])
        {
            int before = random.Next(30), after = random.Next(30);
            LogContext context = Value(await search.ContextAsync(written[at].Index, written[at].Id, before, after, CancellationToken.None));
            string told = $"seed {seed}, line {at}, -{before} +{after}";
            Assert.True(written[Math.Max(0, at - before)..at].Select(line => line.Body).SequenceEqual(context.Before.Select(record => record.Body)), told);
            Assert.True(written[(at + 1)..Math.Min(written.Count, at + 1 + after)].Select(line => line.Body).SequenceEqual(context.After.Select(record => record.Body)), told);
            Assert.True((context.MoreBefore, context.MoreAfter) == (at > before, at + 1 + after < written.Count), told);
            Assert.Equal(written[at].Body, context.Record.Body);
            Assert.Null(context.Incomplete);
        }
    }

    [Fact]
    public async Task A_plain_files_context_is_its_own_path()
    {
        LogSearch search = store.NewSearch(out string tenant);
        StoredLine[] lines = [.. Enumerable.Range(0, 10).Select(i => new StoredLine { Nanos = Noon, Tenant = tenant, Body = $"{i}", Namespace = "", Path = i % 2 == 0 ? "/srv/a.log" : "/srv/b.log", Rotation = i / 5, Offset = i })];
        await store.StoreAsync(lines);
        LogContext context = Value(await search.ContextAsync(lines[4].Index, lines[4].Id, 10, 10, CancellationToken.None));
        Assert.Equal(["0", "2"], context.Before.Select(record => record.Body));
        Assert.Equal(["6", "8"], context.After.Select(record => record.Body));
    }

    private static T Value<T>(SearchOutcome<T> outcome)
        where T : class
    {
        Assert.True(outcome.TryGet(out T? value, out SearchFailure? failure), failure?.Message);
        return value;
    }
}
