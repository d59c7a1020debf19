using Microsoft.Playwright;

namespace LogPipeline.Tests.Web;

/// <summary>
/// Headless Chromium, started once: the program that <c>CHROMIUM</c> names, or the system's. Without one the tests fail and say what to
/// install, unless <c>PIPELINE_NO_BROWSER=1</c>.
/// </summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable", "/snap/bin/chromium"];

    private static readonly string[] Arguments =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    // Only a broken page waits so long: a busy machine must not fail a test.
    private const float PatienceMilliseconds = 30_000;

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        string? named = Environment.GetEnvironmentVariable("CHROMIUM");
        string? program = string.IsNullOrEmpty(named) ? Places.FirstOrDefault(File.Exists) : named;
        if (Environment.GetEnvironmentVariable("PIPELINE_NO_BROWSER") == "1")
        {
            return;
        }

        Assert.True(program is not null && File.Exists(program), $"The tests of the page need Chromium, and there is none at {named ?? string.Join(", ", Places)}. Install it (apt-get install chromium), name it in CHROMIUM, or leave these tests out with PIPELINE_NO_BROWSER=1.");
        Assertions.SetDefaultExpectTimeout(PatienceMilliseconds);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = program, Args = Arguments });
    }

    /// <summary>A window of its own, without what earlier ones kept. Skips the test where browsers are left out.</summary>
    public async Task<IPage> OpenAsync(ColorScheme scheme = ColorScheme.Light, int width = 1440)
    {
        Assert.SkipWhen(_browser is null, "PIPELINE_NO_BROWSER=1");
        IBrowserContext context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            TimezoneId = "Europe/Berlin",
        });
        context.SetDefaultTimeout(PatienceMilliseconds);
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}
