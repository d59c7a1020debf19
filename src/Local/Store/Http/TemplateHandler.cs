using System.Text.Json;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Mappings;

namespace LogPipeline.Local.Store.Http;

/// <summary><c>_index_template</c>.</summary>
internal sealed class TemplateHandler(EmbeddedStore store)
{
    public async Task PutAsync(StoreRequest request, string name)
    {
        request.CheckParameters("create", "cause", "master_timeout", "cluster_manager_timeout");
        using JsonDocument? body = await request.ReadJsonAsync().ConfigureAwait(false);
        if (body is null || body.RootElement.ValueKind != JsonValueKind.Object) throw new OpenSearchException(new OpenSearchError(400, "parse_exception", "request body is required"));
        foreach (JsonProperty property in body.RootElement.EnumerateObject())
        {
            if (property.Name is "index_patterns" or "template" or "priority" or "version" or "_meta" or "composed_of" or "data_stream") continue;
            throw new OpenSearchException(new OpenSearchError(400, "x_content_parse_exception", $"[index_template] unknown field [{property.Name}]"));
        }

        IndexTemplate template = StoreRequest.Parsed(() =>
        {
            Check(name, body.RootElement);
            var read = new IndexTemplate(name, body.RootElement.Clone());
            _ = new IndexMapping(read.Mappings);
            return read;
        });
        if (request.Flag("create") && store.Templates.Find(name) is not null) throw new OpenSearchException(OpenSearchError.IllegalArgument($"index template [{name}] already exists"));
        if (store.Templates.All.FirstOrDefault(other => other.Name != name && other.Priority == template.Priority && other.Overlaps(template)) is { } rival)
        {
            throw new OpenSearchException(OpenSearchError.IllegalArgument(
                $"index template [{name}] has index patterns [{string.Join(", ", template.Patterns)}] matching patterns from existing templates [{rival.Name}] with patterns "
                + $"({rival.Name} => [{string.Join(", ", rival.Patterns)}]) that have the same priority [{template.Priority}], multiple index templates may not match during index creation, "
                + "please use a different priority"));
        }

        store.Templates.Put(template);
        await IndexHandler.AcknowledgeAsync(request).ConfigureAwait(false);
    }

    public Task GetAsync(StoreRequest request, string name)
    {
        request.CheckParameters("flat_settings", "master_timeout", "cluster_manager_timeout", "local");
        IndexTemplate[] found = [.. store.Templates.All.Where(template => Wildcard.IsMatch(name, template.Name))];
        if (found.Length == 0 && !name.Contains('*', StringComparison.Ordinal))
        {
            throw new OpenSearchException(new OpenSearchError(404, "resource_not_found_exception", $"index template matching [{name}] not found"));
        }

        return Answer.WriteAsync(request, 200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("index_templates");
            foreach (IndexTemplate template in found)
            {
                writer.WriteStartObject();
                writer.WriteString("name", template.Name);
                writer.WritePropertyName("index_template");
                template.Body.WriteTo(writer);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    public Task HeadAsync(StoreRequest request, string name) =>
        Answer.SendAsync(request, store.Templates.All.Any(template => Wildcard.IsMatch(name, template.Name)) ? 200 : 404, Answer.Json, default);

    public Task DeleteAsync(StoreRequest request, string name)
    {
        request.CheckParameters("timeout", "master_timeout", "cluster_manager_timeout");
        if (!store.Templates.Remove(name)) throw new OpenSearchException(new OpenSearchError(404, "index_template_missing_exception", $"index_template [{name}] missing"));
        return IndexHandler.AcknowledgeAsync(request);
    }

    private static void Check(string name, JsonElement body)
    {
        if (!body.TryGetProperty("index_patterns", out JsonElement patterns) || patterns.ValueKind is not (JsonValueKind.Array or JsonValueKind.String)
            || patterns.ValueKind == JsonValueKind.Array && (patterns.GetArrayLength() == 0 || patterns.EnumerateArray().Any(pattern => pattern.ValueKind != JsonValueKind.String)))
        {
            throw new OpenSearchException(OpenSearchError.Validation("index patterns are missing"));
        }

        if (body.TryGetProperty("composed_of", out JsonElement components) && components.ValueKind == JsonValueKind.Array && components.GetArrayLength() > 0)
        {
            throw new OpenSearchException(new OpenSearchError(
                400, "invalid_index_template_exception",
                $"index_template [{name}] invalid, cause [index template [{name}] specifies component templates [{string.Join(", ", components.EnumerateArray())}] that do not exist]"));
        }

        if (body.TryGetProperty("template", out JsonElement template) && template.ValueKind == JsonValueKind.Object && template.TryGetProperty("mappings", out JsonElement mappings)
            && IndexMapping.FindUnknownType(mappings) is { } unknown)
        {
            throw new OpenSearchException(OpenSearchError.IllegalArgument($"composable template [{name}] template after composition is invalid") with
            {
                CausedBy = new OpenSearchError(400, "mapper_parsing_exception", $"No handler for type [{unknown.Type}] declared on field [{unknown.Field}]"),
            });
        }
    }
}
