using Microsoft.Playwright;

namespace LogPipeline.Tests.Web;

/// <summary>A window with the page, and what went wrong in it.</summary>
internal sealed class PageWindow : IAsyncDisposable
{
    private readonly List<string> _faults = [];

    public PageWindow(IPage page)
    {
        Page = page;
        page.PageError += (_, error) => Note(error);
        page.Console += (_, message) =>
        {
            // A refused request is answered with 400 or 403, which the browser notes as an error of its own.
            if (message.Type == "error" && !message.Text.Contains("responded with a status of 40", StringComparison.Ordinal))
            {
                Note(message.Text);
            }
        };
    }

    public IPage Page { get; }

    public ILocator Rows => Page.Locator("#rows .row");

    public ILocator Find(string selector, PageLocatorOptions? options = null) => Page.Locator(selector, options);

    public Task PressAsync(string key) => Page.Keyboard.PressAsync(key);

    /// <summary>The text column of the rows that are there now.</summary>
    public Task<IReadOnlyList<string>> TextsAsync() => Page.Locator("#rows .row .text").AllTextContentsAsync();

    /// <summary>Types a query as a person does.</summary>
    public async Task SearchAsync(string query)
    {
        if (!await Find("#query").EvaluateAsync<bool>("field => field === document.activeElement"))
        {
            await PressAsync("/");
        }

        await PressAsync("Control+A");
        await Page.Keyboard.TypeAsync(query);
        await PressAsync("Enter");
    }

    public async ValueTask DisposeAsync()
    {
        await Page.Context.CloseAsync();
        lock (_faults)
        {
            Assert.Empty(_faults);
        }
    }

    private void Note(string fault)
    {
        lock (_faults)
        {
            _faults.Add(fault);
        }
    }
}
