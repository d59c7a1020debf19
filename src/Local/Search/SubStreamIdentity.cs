using System.Text.Json;
using LogPipeline.Local.Search.Queries;

namespace LogPipeline.Local.Search;

/// <summary>
/// What the records of one sub-stream have in common: the container (or, for a plain file, the machine and the path) and its output.
/// <c>log.sequence</c> puts them in written order, whichever of the rotated files and restarts they lie in.
/// </summary>
public sealed record SubStreamIdentity(IReadOnlyList<KeyValuePair<string, string>> Terms)
{
    /// <summary><c>false</c>: the document does not say which stream it belongs to (another program wrote it).</summary>
    public static bool TryRead(JsonElement source, out SubStreamIdentity identity)
    {
        string? uid = DocumentSource.Text(source, LogFields.PodUid);
        string? container = DocumentSource.Text(source, LogFields.Container);
        string? containerId = DocumentSource.Text(source, LogFields.ContainerId);
        string? path = DocumentSource.Text(source, LogFields.FilePath);
        var terms = new List<KeyValuePair<string, string>>();
        if (uid is not null && container is not null)
        {
            terms.Add(new(LogFields.PodUid, uid));
            terms.Add(new(LogFields.Container, container));
        }
        else if (containerId is not null)
        {
            terms.Add(new(LogFields.ContainerId, containerId));
        }
        else if (path is not null)
        {
            terms.Add(new(LogFields.FilePath, path));
            Add(LogFields.Host);
        }

        bool known = terms.Count > 0;
        Add(LogFields.Stream);
        identity = new SubStreamIdentity(terms);
        return known;

        void Add(string field)
        {
            if (DocumentSource.Text(source, field) is { } value)
            {
                terms.Add(new(field, value));
            }
        }
    }

    /// <summary>Matches the records of the sub-stream.</summary>
    public QueryNode Query => new QueryNode.And([.. Terms.Select(term => new QueryNode.Term([term.Key], term.Value))]);
}
