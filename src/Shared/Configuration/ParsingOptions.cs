namespace LogPipeline.Configuration;

/// <summary>What is looked for inside a record's text.</summary>
public sealed class ParsingOptions
{
    /// <summary><c>auto</c> (a JSON object; a severity word or letter at its usual place), <c>json</c> (anything else is marked <c>parse_error</c>), <c>none</c>.</summary>
    public string Parser { get; set; } = "auto";

    /// <summary>JSON nested deeper is kept as text only; servers refuse or die of it. 1 to 20.</summary>
    public int MaxDepth { get; set; } = 15;
}
