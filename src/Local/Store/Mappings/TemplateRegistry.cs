using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using LogPipeline.Local.Store.Files;

namespace LogPipeline.Local.Store.Mappings;

/// <summary>The index templates, kept in one JSON file that is replaced as a whole. Thread-safe.</summary>
internal sealed class TemplateRegistry
{
    private readonly ConcurrentDictionary<string, IndexTemplate> _templates = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly StoreFiles _files;

    /// <summary>Throws <see cref="JsonException"/> when the file is no JSON, <see cref="IOException"/> when it cannot be read.</summary>
    public TemplateRegistry(string path, StoreFiles files)
    {
        _path = path;
        _files = files;
        if (!File.Exists(path)) return;
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        foreach (JsonProperty template in document.RootElement.EnumerateObject()) _templates[template.Name] = new IndexTemplate(template.Name, template.Value.Clone());
    }

    public IEnumerable<IndexTemplate> All => _templates.Values.OrderBy(template => template.Name, StringComparer.Ordinal);

    public IndexTemplate? Find(string name) => _templates.GetValueOrDefault(name);

    /// <summary>The template of the highest priority that matches; null when none does.</summary>
    public IndexTemplate? For(string index) => All.Where(template => template.Matches(index)).MaxBy(template => template.Priority);

    /// <summary>Throws <see cref="IOException"/>; nothing has changed then.</summary>
    public void Put(IndexTemplate template)
    {
        lock (_lock)
        {
            Save(All.Where(other => other.Name != template.Name).Append(template));
            _templates[template.Name] = template;
        }
    }

    /// <summary>False when there is none. Throws <see cref="IOException"/>; nothing has changed then.</summary>
    public bool Remove(string name)
    {
        lock (_lock)
        {
            if (!_templates.ContainsKey(name)) return false;
            Save(All.Where(other => other.Name != name));
            return _templates.TryRemove(name, out _);
        }
    }

    private void Save(IEnumerable<IndexTemplate> templates)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (IndexTemplate template in templates)
            {
                writer.WritePropertyName(template.Name);
                template.Body.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        _files.Replace(_path, buffer.WrittenSpan);
    }
}
