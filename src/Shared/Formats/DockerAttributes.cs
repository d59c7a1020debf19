namespace LogPipeline.Formats;

/// <summary>What the json-file driver was told to add to every line of a container (<c>--log-opt labels=…, env=…, tag=…</c>).</summary>
public static class DockerAttributes
{
    /// <summary>
    /// Finds the JSON object <c>attrs</c> of a line (its newline may be there or not); <paramref name="attrsJson"/> is a part of
    /// <paramref name="line"/>. False when the line is not one of docker's, or has no attributes. Reads the line as it is in the file:
    /// before <see cref="EntryReader"/> has unescaped it.
    /// </summary>
    public static bool TryReadAttributes(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> attrsJson)
    {
        attrsJson = default;
        if (!DockerLine.TryParse(line, out DockerLine parsed) || parsed.AttributesEnd == 0 || line[parsed.AttributesStart] != '{') return false;
        attrsJson = line[parsed.AttributesStart..parsed.AttributesEnd];
        return true;
    }
}
