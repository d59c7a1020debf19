using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace LogPipeline.Configuration.Yaml;

/// <summary>
/// Environment variables inside values: <c>${NAME}</c>, or <c>${NAME:-default}</c> for one that is unset or empty; <c>$${</c> is a
/// literal <c>${</c>. What comes out is never looked through again.
/// </summary>
internal static class EnvironmentReferences
{
    /// <summary>The text with its references replaced. False when one is malformed or names a variable that is not set.</summary>
    public static bool TryExpand(string text, Func<string, string?> environment, [NotNullWhen(true)] out string? expanded, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        expanded = text;
        int open = text.IndexOf("${", StringComparison.Ordinal);
        if (open < 0) return true;

        var result = new StringBuilder();
        int done = 0;
        for (; open >= 0; open = text.IndexOf("${", done, StringComparison.Ordinal))
        {
            if (open > done && text[open - 1] == '$')
            {
                result.Append(text, done, open - 1 - done).Append("${");
                done = open + 2;
                continue;
            }
            int close = text.IndexOf('}', open);
            if (close < 0 || !TryResolve(text[(open + 2)..close], environment, out string? value, out problem))
            {
                problem ??= "a reference ${ without its }; write $${ for the characters themselves";
                expanded = null;
                return false;
            }
            result.Append(text, done, open - done).Append(value);
            done = close + 1;
        }
        expanded = result.Append(text, done, text.Length - done).ToString();
        return true;
    }

    private static bool TryResolve(string reference, Func<string, string?> environment, [NotNullWhen(true)] out string? value, out string? problem)
    {
        int separator = reference.IndexOf(":-", StringComparison.Ordinal);
        string name = separator < 0 ? reference : reference[..separator];
        value = null;
        if (!IsName(name))
        {
            problem = $"{Values.Quoted.Text($"${{{reference}}}")} names no environment variable; write $${{ for the characters themselves";
            return false;
        }
        value = environment(name);
        if (separator >= 0 && string.IsNullOrEmpty(value)) value = reference[(separator + 2)..];
        problem = value is null ? $"the environment variable {name} is not set; ${{{name}:-default}} gives a default" : null;
        return value is not null;
    }

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
