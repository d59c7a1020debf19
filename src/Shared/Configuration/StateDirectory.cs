namespace LogPipeline.Configuration;

/// <summary>Where progress is kept when the configuration does not say.</summary>
public static class StateDirectory
{
    /// <summary>
    /// <c>/var/lib/pipeline</c> for root; for others <c>$XDG_STATE_HOME/pipeline</c>, which the XDG base directory specification makes
    /// <c>~/.local/state/pipeline</c> when the variable is unset or not absolute. Null when there is no home directory either.
    /// </summary>
    public static string? Default(bool isRoot, Func<string, string?> environment)
    {
        if (isRoot) return "/var/lib/pipeline";
        if (environment("XDG_STATE_HOME") is { } state && state.StartsWith('/')) return Path.Combine(state, "pipeline");
        return environment("HOME") is { } home && home.StartsWith('/') ? Path.Combine(home, ".local/state/pipeline") : null;
    }
}
