namespace LogPipeline.Local.Store;

/// <summary>Carries a refusal out of the reading of a request to where it is answered.</summary>
internal sealed class OpenSearchException(OpenSearchError error) : Exception(error.Reason)
{
    public OpenSearchError Error => error;
}
