namespace LogPipeline.Enrichment.Pods;

/// <summary>What is known of who wrote a stream.</summary>
/// <param name="Namespace">The namespace's name; empty while nothing tells it.</param>
/// <param name="Pod">The Pod; null while it is not known.</param>
/// <param name="NamespaceMetadata">The namespace; null while it is not known.</param>
/// <param name="Revision">Grows with every change of either.</param>
public readonly record struct KnownOrigin(string Namespace, KnownPod? Pod, NamespaceMetadata? NamespaceMetadata, long Revision);
