using System.Globalization;
using System.Text.Json;
using LogPipeline.Local.Store.Indices;

namespace LogPipeline.Local.Store.Http;

/// <summary>Indices as such: created, deleted, looked for, described, refreshed (they always are).</summary>
internal sealed class IndexHandler(EmbeddedStore store)
{
    public async Task CreateAsync(StoreRequest request, string name)
    {
        request.CheckParameters("timeout", "master_timeout", "cluster_manager_timeout", "wait_for_active_shards", "include_type_name");
        using JsonDocument? body = await request.ReadJsonAsync().ConfigureAwait(false);
        if (IndexName.Check(name) is { } refusal) throw new OpenSearchException(refusal);
        JsonElement mappings = body is not null && body.RootElement.ValueKind == JsonValueKind.Object && body.RootElement.TryGetProperty("mappings", out JsonElement given) ? given.Clone() : default;
        StoreRequest.Parsed(() => new Mappings.IndexMapping(mappings));
        if (!store.TryCreateIndex(name, mappings, out StoreIndex index))
        {
            throw new OpenSearchException(new OpenSearchError(400, "resource_already_exists_exception", $"index [{name}/{index.Uuid}] already exists")
            {
                Details = [("index", name), ("index_uuid", index.Uuid)],
            });
        }

        await Answer.WriteAsync(request, 200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean("acknowledged", true);
            writer.WriteBoolean("shards_acknowledged", true);
            writer.WriteString("index", name);
            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    public Task DeleteAsync(StoreRequest request, string expression)
    {
        request.CheckParameters("timeout", "master_timeout", "cluster_manager_timeout", "ignore_unavailable", "allow_no_indices", "expand_wildcards");
        if (expression.Split(',').Any(IndexResolver.IsPattern)) throw new OpenSearchException(OpenSearchError.IllegalArgument("Wildcard expressions or all indices are not allowed"));
        foreach (StoreIndex index in IndexResolver.Resolve(store, request, expression)) store.DeleteIndex(index.Name);
        return AcknowledgeAsync(request);
    }

    public Task HeadAsync(StoreRequest request, string expression)
    {
        request.CheckParameters("ignore_unavailable", "allow_no_indices", "expand_wildcards", "local", "flat_settings", "include_defaults");
        bool exists = expression.Split(',').All(name => IndexResolver.IsPattern(name) || store.FindIndex(name) is not null);
        return Answer.SendAsync(request, exists ? 200 : 404, Answer.Json, default);
    }

    public Task GetAsync(StoreRequest request, string expression)
    {
        request.CheckParameters("ignore_unavailable", "allow_no_indices", "expand_wildcards", "local", "flat_settings", "include_defaults", "master_timeout", "cluster_manager_timeout", "include_type_name");
        List<StoreIndex> indices = IndexResolver.Resolve(store, request, expression);
        string? part = request.Segments.Length > 1 ? request.Segments[1] : null;
        return Answer.WriteAsync(request, 200, writer =>
        {
            writer.WriteStartObject();
            foreach (StoreIndex index in indices)
            {
                writer.WriteStartObject(index.Name);
                if (part is null)
                {
                    writer.WriteStartObject("aliases");
                    writer.WriteEndObject();
                }

                if (part is null or "_mapping") WriteMappings(writer, index);
                if (part is null or "_settings") WriteSettings(writer, index);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        });
    }

    public Task RefreshAsync(StoreRequest request, string expression)
    {
        request.CheckParameters("ignore_unavailable", "allow_no_indices", "expand_wildcards", "force", "wait_if_ongoing");
        int indices = IndexResolver.Resolve(store, request, expression).Count;
        return Answer.WriteAsync(request, 200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject("_shards");
            writer.WriteNumber("total", indices);
            writer.WriteNumber("successful", indices);
            writer.WriteNumber("failed", 0);
            writer.WriteEndObject();
            writer.WriteEndObject();
        });
    }

    public static Task AcknowledgeAsync(StoreRequest request) => Answer.WriteAsync(request, 200, writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean("acknowledged", true);
        writer.WriteEndObject();
    });

    /// <summary>The declared fields, by their dotted names.</summary>
    private static void WriteMappings(Utf8JsonWriter writer, StoreIndex index)
    {
        writer.WriteStartObject("mappings");
        writer.WriteStartObject("properties");
        foreach ((string name, Mappings.FieldType type) in index.Mapping.Declared.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            if (type == Mappings.FieldType.Object) continue;
            writer.WriteStartObject(name);
            writer.WriteString("type", type switch
            {
                Mappings.FieldType.DateNanos => "date_nanos",
                Mappings.FieldType.FlatObject => "flat_object",
                Mappings.FieldType.Disabled => "object",
                _ => type.ToString().ToLowerInvariant(),
            });
            if (type == Mappings.FieldType.Disabled) writer.WriteBoolean("enabled", false);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteSettings(Utf8JsonWriter writer, StoreIndex index)
    {
        writer.WriteStartObject("settings");
        writer.WriteStartObject("index");
        writer.WriteString("number_of_shards", "1");
        writer.WriteString("number_of_replicas", "0");
        writer.WriteString("provided_name", index.Name);
        writer.WriteString("creation_date", index.Created.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        writer.WriteString("uuid", index.Uuid);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
