using System.Collections.Concurrent;

namespace LogPipeline.Joining;

/// <summary>The rules in use, by their text, so that patterns are compiled once a process. Safe from any thread.</summary>
public sealed class JoiningRules
{
    private readonly ConcurrentDictionary<string, JoiningRule> _rules = [];

    /// <summary>The rule that a text says; throws <see cref="FormatException"/> when it is none.</summary>
    public JoiningRule Get(string text) => _rules.GetOrAdd(text, JoiningRule.Parse);
}
