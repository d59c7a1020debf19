namespace LogPipeline.Enrichment.Hints;

/// <summary>How much a hint weighs: a larger one wins.</summary>
internal enum HintScope
{
    OthersPod,
    OthersContainer,
    OwnPod,
    OwnContainer,
}
