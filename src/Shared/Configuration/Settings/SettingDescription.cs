namespace LogPipeline.Configuration.Settings;

/// <summary>A row of the reference.</summary>
/// <param name="Path">The key with its sections: <c>store.embedded.max_size</c>, <c>sources[].path</c>.</param>
/// <param name="Expected">What it takes.</param>
/// <param name="Default">The default as it would be written; empty when there is none.</param>
/// <param name="Doc">What it means.</param>
internal sealed record SettingDescription(string Path, string Expected, string Default, string Doc);
