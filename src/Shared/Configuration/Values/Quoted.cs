namespace LogPipeline.Configuration.Values;

/// <summary>Values as they are shown in a message: on one line, short, and in quotes where their ends would not be seen.</summary>
public static class Quoted
{
    private const int MaxLength = 80;

    public static string Text(string value)
    {
        bool plain = value.Length > 0;
        foreach (char c in value) plain &= !char.IsControl(c) && !char.IsWhiteSpace(c);
        if (value.Length > MaxLength) value = value[..MaxLength] + "…";
        if (plain) return value;
        return "'" + string.Concat(value.Select(c => c switch { '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", _ when char.IsControl(c) => "?", _ => c.ToString() })) + "'";
    }
}
