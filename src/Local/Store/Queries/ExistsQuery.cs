using System.Text.Json;
using LogPipeline.Local.Store.Documents;

namespace LogPipeline.Local.Store.Queries;

/// <summary>The field has a value that is not null; an object has one if anything below it has.</summary>
internal sealed class ExistsQuery(FieldReference field) : Query
{
    public override bool Matches(CandidateDocument document)
    {
        foreach (ref readonly JsonField leaf in document.Fields)
        {
            if (leaf.Type is JsonTokenType.StartObject or JsonTokenType.Null) continue;
            if (field.IsAll || leaf.Path == field.Path || document.IsBelow(leaf, field.Path)) return true;
        }

        return false;
    }
}
