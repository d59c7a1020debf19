using System.Net;
using LogPipeline.Tests.Search;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LogPipeline.Tests.Web;

public sealed class LogPageBrowserTests(PageFixture page) : IClassFixture<PageFixture>
{
    [Fact]
    public async Task The_page_shows_the_newest_lines_first_with_counts_and_a_histogram()
    {
        await using PageWindow window = await page.OpenAsync("/?q=cart");
        await Expect(window.Find("#summary")).ToHaveTextAsync("300 lines");
        await Expect(window.Rows.First).ToContainTextAsync("cart step 299");
        await Expect(window.Rows.First).ToContainTextAsync("shop/cart-1/app");
        Assert.True(await window.Find("#histogram rect.bar-INFO").CountAsync() > 10);
        await Expect(window.Find("#facets [data-key='pod=cart-1']")).ToContainTextAsync("300");
    }

    [Fact]
    public async Task Scrolling_to_the_end_brings_every_line_once()
    {
        await using PageWindow window = await page.OpenAsync("/?q=cart");
        await Expect(window.Rows.First).ToBeVisibleAsync();
        while (await window.Rows.CountAsync() < 300)
        {
            int before = await window.Rows.CountAsync();
            await window.Find("#results").EvaluateAsync("box => { box.scrollTop = box.scrollHeight; }");
            await Expect(window.Rows).Not.ToHaveCountAsync(before);
        }

        IReadOnlyList<string> texts = await window.TextsAsync();
        Assert.Equal(Enumerable.Range(0, 300).Reverse().Select(i => $"cart step {i}"), texts);
    }

    [Fact]
    public async Task A_search_finds_words_phrases_fields_and_leaves_out()
    {
        await using PageWindow window = await page.OpenAsync("/");
        foreach ((string query, string[] expected) in ((string, string[])[])
        [
            ("\"attempt 7\"", ["pay attempt 7"]),
            ("ATTEMPT -level:debug", ["pay attempt 30", "pay attempt 20", "pay attempt 10", "pay attempt 0"]),
            ("user:12", ["{\"msg\":\"invoice 12\",\"user\":12}"]),
            ("\"step 100\" OR \"step 5\"", ["cart step 100", "cart step 5"]),
            ("pod:pay* \"attempt 3\"", ["pay attempt 3"]),
            ("*Settlement*", ["ERROR settle failed"]),
        ])
        {
            await window.SearchAsync(query);
            await Expect(window.Rows).ToHaveCountAsync(expected.Length);
            Assert.Equal(expected, await window.TextsAsync());
        }
    }

    [Fact]
    public async Task A_filter_narrows_shows_as_a_chip_and_back_removes_it()
    {
        await using PageWindow window = await page.OpenAsync("/?q=attempt+OR+invoice");
        await Expect(window.Find("#summary")).ToHaveTextAsync("80 lines");
        await window.Find("#facets [data-key='namespace=billing']").ClickAsync();
        await Expect(window.Find("#summary")).ToHaveTextAsync("40 lines");
        await Expect(window.Find("#chips")).ToContainTextAsync("namespace billing");
        Assert.Contains("namespace=billing", window.Page.Url, StringComparison.Ordinal);
        await Expect(window.Find("#facets [data-key='namespace=shop']")).ToContainTextAsync("40");
        await window.Page.GoBackAsync();
        await Expect(window.Find("#summary")).ToHaveTextAsync("80 lines");
        await window.Find("#facets select").SelectOptionAsync("ERROR");
        await Expect(window.Find("#summary")).ToHaveTextAsync("4 lines");
        await window.Find("#chips .chip").ClickAsync();
        await Expect(window.Find("#summary")).ToHaveTextAsync("80 lines");
    }

    [Fact]
    public async Task Dragging_over_the_histogram_zooms_and_back_returns()
    {
        await using PageWindow window = await page.OpenAsync("/?q=cart");
        await Expect(window.Find("#summary")).ToHaveTextAsync("300 lines");
        ILocator bars = window.Find("#histogram rect.bar-INFO");
        LocatorBoundingBoxResult first = (await bars.Nth(2).BoundingBoxAsync())!, last = (await bars.Nth(8).BoundingBoxAsync())!;
        await window.Page.Mouse.MoveAsync(first.X + 1, first.Y + 1);
        await window.Page.Mouse.DownAsync();
        await window.Page.Mouse.MoveAsync(last.X + 1, first.Y + 1);
        await window.Page.Mouse.UpAsync();
        await Expect(window.Find("#summary")).Not.ToHaveTextAsync("300 lines");
        await Expect(window.Find("#summary")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^\\d\\d lines$"));
        Assert.Contains("from=", window.Page.Url, StringComparison.Ordinal);
        await window.Page.GoBackAsync();
        await Expect(window.Find("#summary")).ToHaveTextAsync("300 lines");
    }

    [Fact]
    public async Task The_live_tail_shows_a_new_line_once_and_a_pause_holds_lines_back()
    {
        await using PageWindow window = await page.OpenAsync("/?tail=1&pod=tailed-1");
        await Expect(window.Find("#empty")).ToContainTextAsync("Waiting for the first line");
        StoredLine line = page.Logs.At(0) with { Body = "one", Pod = "tailed-1", Offset = 1 };
        await page.StoreAsync(line);
        await Expect(window.Rows).ToHaveCountAsync(1);
        await window.PressAsync("p");
        await page.StoreAsync(line with { Body = "three", Nanos = line.Nanos + 2_000_000_000, Offset = 3 });
        await Expect(window.Find("#tail-controls")).ToContainTextAsync("Resume, 1 line waiting");
        await Expect(window.Rows).ToHaveCountAsync(1);
        await window.PressAsync("p");
        await Expect(window.Rows).ToHaveCountAsync(2);
        await page.StoreAsync(line with { Body = "two, late", Nanos = line.Nanos + 1_000_000_000, Offset = 2 });
        await Expect(window.Rows).ToHaveCountAsync(3);
        Assert.Equal(["one", "two, late", "three"], await window.TextsAsync());
    }

    [Fact]
    public async Task A_line_opens_into_its_fields_and_a_field_becomes_a_filter()
    {
        await using PageWindow window = await page.OpenAsync("/?q=%22invoice+12%22");
        await window.Rows.First.ClickAsync();
        ILocator field = window.Find("#detail tr", new() { HasText = "fields.user" });
        await Expect(field).ToContainTextAsync("12");
        await Expect(window.Find("#detail .full")).ToHaveTextAsync("{\n  \"msg\": \"invoice 12\",\n  \"user\": 12\n}");
        await field.HoverAsync();
        await field.GetByRole(AriaRole.Button, new() { Name = "Leave out lines" }).ClickAsync();
        await Expect(window.Rows).ToHaveCountAsync(0);
        await Expect(window.Find("#query")).ToHaveValueAsync("\"invoice 12\" -attributes.fields.user:12");
        await Expect(window.Find("#empty")).ToContainTextAsync("No line matches");
    }

    [Fact]
    public async Task Context_shows_the_neighbours_across_rotated_files()
    {
        await using PageWindow window = await page.OpenAsync("/?q=%22step+101%22");
        await Expect(window.Rows).ToHaveCountAsync(1);
        await window.PressAsync("j");
        await window.PressAsync("c");
        ILocator texts = window.Find("#detail .context .text");
        await Expect(texts).ToHaveCountAsync(31);
        Assert.Equal(Enumerable.Range(86, 31).Select(i => $"cart step {i}"), await texts.AllTextContentsAsync());
        await Expect(window.Find("#detail .seam")).ToHaveTextAsync("rotated: the next file begins");
        await Expect(window.Find("#detail .target")).ToContainTextAsync("cart step 101");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "more before" }).ClickAsync();
        await Expect(texts).ToHaveCountAsync(81);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "more before" }).ClickAsync();
        await Expect(window.Find("#detail .seam").First).ToHaveTextAsync("the stream’s first stored line");
        Assert.Equal(Enumerable.Range(0, 117).Select(i => $"cart step {i}"), await texts.AllTextContentsAsync());
    }

    [Fact]
    public async Task Text_of_a_log_is_never_a_part_of_the_page()
    {
        await using PageWindow window = await page.OpenAsync("/?q=file:%22/srv/app/hostile.log%22");
        await window.Rows.First.ClickAsync();
        await Expect(window.Find("#detail .full")).ToContainTextAsync("<script>window.owned=1</script> red link");
        await Expect(window.Find("#detail .full .ansi-1")).ToHaveTextAsync("red");
        await window.PressAsync("c");
        await Expect(window.Find("#detail .context .target")).ToContainTextAsync("<img src=x");
        Assert.Equal(0, await window.Find("main img, main script").CountAsync());
        Assert.False(await window.Page.EvaluateAsync<bool>("() => 'owned' in window"));
    }

    [Fact]
    public async Task Several_lines_are_folded_and_unfold()
    {
        await using PageWindow window = await page.OpenAsync("/?pod=checkout-1");
        await Expect(window.Find("#rows .text")).ToHaveTextAsync("ERROR settle failed");
        ILocator fold = window.Find("#rows .fold");
        await Expect(fold).ToHaveTextAsync("+2 lines");
        await fold.ClickAsync();
        Assert.Equal(ShopLogs.Trace, (await window.TextsAsync())[0]);
        await Expect(window.Find("#detail")).ToBeHiddenAsync();
        await fold.ClickAsync();
        await Expect(window.Find("#rows .text")).ToHaveTextAsync("ERROR settle failed");
    }

    [Fact]
    public async Task Everything_works_from_the_keyboard()
    {
        await using PageWindow window = await page.OpenAsync("/");
        await window.SearchAsync("attempt");
        await Expect(window.Find("#summary")).ToHaveTextAsync("40 lines");
        await window.PressAsync("j");
        await window.PressAsync("j");
        await window.PressAsync("k");
        await window.PressAsync("j");
        await Expect(window.Find("#rows .row[aria-selected=true]")).ToContainTextAsync("attempt 38");
        await Expect(window.Find("#rows .row[aria-selected=true]")).ToBeFocusedAsync();
        await window.PressAsync("Enter");
        await Expect(window.Find("#detail .full")).ToHaveTextAsync("pay attempt 38");
        await window.PressAsync("c");
        await Expect(window.Find("#tab-context")).ToHaveAttributeAsync("aria-selected", "true");
        await window.PressAsync("Escape");
        await Expect(window.Find("#detail")).ToBeHiddenAsync();
        await window.PressAsync("?");
        await Expect(window.Find("#help-dialog")).ToBeVisibleAsync();
        await window.PressAsync("Escape");
        await Expect(window.Find("#help-dialog")).ToBeHiddenAsync();
        await window.PressAsync("t");
        await Expect(window.Find("#tail")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(window.Rows.Last).ToContainTextAsync("attempt 39");
        await window.PressAsync("Escape");
        await Expect(window.Rows.First).ToContainTextAsync("attempt 39");
    }

    [Fact]
    public async Task A_shared_address_shows_the_same_view()
    {
        await using PageWindow window = await page.OpenAsync("/?q=attempt&level=ERROR");
        await Expect(window.Rows).ToHaveCountAsync(4);
        await window.Rows.Nth(1).ClickAsync();
        await window.Find("#tab-context").ClickAsync();
        await Expect(window.Find("#detail .target")).ToContainTextAsync("attempt 20");
        string address = window.Page.Url;
        await using PageWindow other = await page.OpenAsync(address);
        await Expect(other.Rows).ToHaveCountAsync(4);
        await Expect(other.Find("#detail .target")).ToContainTextAsync("attempt 20");
        await Expect(other.Find("#rows .row[aria-selected=true]")).ToContainTextAsync("attempt 20");
    }

    [Fact]
    public async Task A_broken_query_is_explained_where_it_stands()
    {
        await using PageWindow window = await page.OpenAsync("/");
        await window.SearchAsync("timeout (a OR");
        await Expect(window.Find("#query-error")).ToContainTextAsync("OR needs something on both sides");
        await Expect(window.Find("#query-error code")).ToHaveTextAsync("OR");
        await Expect(window.Find("#query")).ToBeFocusedAsync();
        await window.SearchAsync("attempt");
        await Expect(window.Find("#summary")).ToHaveTextAsync("40 lines");
        await Expect(window.Find("#query-error")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Dark_and_light_follow_the_system_until_one_is_chosen()
    {
        await using PageWindow window = await page.OpenAsync("/", ColorScheme.Dark);
        Assert.Equal("rgb(21, 24, 27)", await BackgroundAsync(window));
        await window.Find("#theme").ClickAsync();
        Assert.Equal("rgb(247, 247, 245)", await BackgroundAsync(window));
        await window.Page.ReloadAsync();
        Assert.Equal("rgb(247, 247, 245)", await BackgroundAsync(window));
        await using PageWindow light = await page.OpenAsync("/");
        Assert.Equal("rgb(247, 247, 245)", await BackgroundAsync(light));
    }

    [Fact]
    public async Task The_health_view_names_what_needs_a_look()
    {
        await using PageWindow window = await page.OpenAsync("/");
        await Expect(window.Find("#health-dot")).ToBeVisibleAsync();
        await window.Find("#view-health").ClickAsync();
        await Expect(window.Find(".health")).ToContainTextAsync("Tenant billing is held.");
        await Expect(window.Find(".health")).ToContainTextAsync("Add the user to the group adm.");
        await Expect(window.Find(".files tbody tr")).ToHaveCountAsync(2);
        await Expect(window.Find(".files tbody tr").First).ToContainTextAsync("4.0 KiB");
        await window.Find(".files input").FillAsync("syslog");
        await Expect(window.Find(".files tbody tr")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_narrow_window_keeps_filters_and_details_within_reach()
    {
        await using PageWindow window = await page.OpenAsync("/?q=attempt", width: 900);
        await Expect(window.Find("#facets")).ToBeHiddenAsync();
        await window.Find("#filters").ClickAsync();
        await window.Find("#facets [data-key='level=ERROR']").ClickAsync();
        await Expect(window.Rows).ToHaveCountAsync(4);
        await window.PressAsync("Escape");
        await window.Rows.First.ClickAsync();
        await Expect(window.Find("#detail .full")).ToBeInViewportAsync();
        Assert.Equal(900, await window.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
    }

    [Fact]
    public async Task The_values_of_a_lines_fields_have_most_of_the_width()
    {
        await using PageWindow window = await page.OpenAsync("/?q=%22invoice+12%22");
        await window.Rows.First.ClickAsync();
        await Expect(window.Find("#detail .fields")).ToBeVisibleAsync();
        Assert.InRange(await WidthAsync(window, "#detail .fields td") / await WidthAsync(window, "#detail .fields"), 0.55, 0.8);
    }

    [Theory]
    [InlineData(420, 2)]
    [InlineData(900, 1)]
    public async Task The_cards_of_the_health_view_stand_side_by_side_in_a_narrow_window(int width, int rows)
    {
        await using PageWindow window = await page.OpenAsync("/?view=health", width: width);
        await Expect(window.Find(".card")).ToHaveCountAsync(4);
        Assert.Equal(rows, await window.Page.EvaluateAsync<int>("() => new Set([...document.querySelectorAll('.card')].map(card => card.offsetTop)).size"));
        Assert.Equal(width, await window.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
    }

    [Fact]
    public async Task A_foreign_host_is_refused_in_the_browser_too()
    {
        await using PageWindow window = await page.OpenAsync("/");
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, page.Address);
        request.Headers.Host = "evil.example";
        using HttpResponseMessage response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        IResponse? rebound = await window.Page.GotoAsync($"http://rebound.localhost:{page.Address.Port}/");
        Assert.Equal(403, rebound!.Status);
    }

    private static Task<double> WidthAsync(PageWindow window, string selector) =>
        window.Page.EvaluateAsync<double>("selector => document.querySelector(selector).getBoundingClientRect().width", selector);

    private static Task<string> BackgroundAsync(PageWindow window) =>
        window.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
}
