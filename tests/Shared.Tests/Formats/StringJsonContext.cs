using System.Text.Json.Serialization;

namespace LogPipeline.Tests.Formats;

[JsonSerializable(typeof(string))]
internal sealed partial class StringJsonContext : JsonSerializerContext;
