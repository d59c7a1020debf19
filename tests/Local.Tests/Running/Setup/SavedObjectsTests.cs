using System.Text;
using System.Text.Json.Nodes;
using LogPipeline.Local.Running.Setup;

namespace LogPipeline.Tests.Running.Setup;

public sealed class SavedObjectsTests
{
    [Fact]
    public void Every_object_is_a_line_refers_only_to_others_of_the_file_and_asks_for_fields_that_documents_have()
    {
        JsonObject[] objects = [.. Encoding.UTF8.GetString(SavedObjects.Render("logs-*")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];
        Assert.Equal(["index-pattern", "search", "visualization", "visualization", "dashboard"], objects.Select(saved => saved["type"]!.GetValue<string>()));
        (string, string)[] ids = [.. objects.Select(saved => (saved["type"]!.GetValue<string>(), saved["id"]!.GetValue<string>()))];
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(objects.SelectMany(saved => saved["references"]!.AsArray()), reference => Assert.Contains((reference!["type"]!.GetValue<string>(), reference["id"]!.GetValue<string>()), ids));
        Assert.Equal("logs-*", objects[0]["attributes"]!["title"]!.GetValue<string>());
        foreach (JsonObject saved in objects)
        {
            string[] named = [.. saved["references"]!.AsArray().Select(reference => reference!["name"]!.GetValue<string>())];
            if (saved["attributes"]!["kibanaSavedObjectMeta"]?["searchSourceJSON"] is { } source && JsonNode.Parse(source.GetValue<string>())!["indexRefName"] is { } index) Assert.Contains(index.GetValue<string>(), named);
            if (saved["attributes"]!["panelsJSON"] is { } panels) Assert.Equal(named, JsonNode.Parse(panels.GetValue<string>())!.AsArray().Select(panel => panel!["panelRefName"]!.GetValue<string>()));
            if (saved["attributes"]!["visState"] is { } state) Assert.Equal(3, JsonNode.Parse(state.GetValue<string>())!["aggs"]!.AsArray().Count);
        }
    }
}
