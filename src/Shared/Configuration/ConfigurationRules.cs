using LogPipeline.Configuration.Settings;
using LogPipeline.Configuration.Values;
using LogPipeline.Enrichment;
using LogPipeline.Protocol;
using LogPipeline.Tenancy;

namespace LogPipeline.Configuration;

/// <summary>What several keys say together and cannot mean. Each rule fails at the key that a person would change, and is silent where a key that it looks at has a fault of its own.</summary>
internal static class ConfigurationRules
{
    public static void Check(PipelineOptions options, ReadingContext context)
    {
        CheckSources(options.Sources, context);
        CheckJoining(options.Joining, context);
        CheckFields(options.Enrichment.Fields, context);
        CheckRules(options, context);
        if (context.AreSound("indexing.max_body", "indexing.max_in_flight")) CheckMemory(options.Indexing, context);
        if (context.AreSound("store.urls", "store.user", "store.password_env", "store.password_file", "store.api_key_env", "store.api_key_file"))
            CheckStore(options.Store, context);
        CheckTls(options.Cluster.Tls, context);
        if (options.Cluster is { Seeds.Count: > 0, SeedsDns: not null }) context.FailAt("cluster.seeds_dns", "seeds are given too; one of them");
    }

    private static void CheckTls(ClusterTlsOptions tls, ReadingContext context)
    {
        (string Name, string? Value)[] keys = [("certificate", tls.Certificate), ("key", tls.Key), ("ca", tls.Authority)];
        string[] missing = [.. keys.Where(key => key.Value is null).Select(key => key.Name)];
        if (missing.Length is 0 or 3 || !context.AreSound("cluster.tls.certificate", "cluster.tls.key", "cluster.tls.ca")) return;
        context.FailAt("cluster.tls." + keys.First(key => key.Value is not null).Name, $"{string.Join(" and ", missing)} {(missing.Length == 1 ? "is" : "are")} missing beside it");
    }

    private static void CheckSources(List<SourceOptions> sources, ReadingContext context)
    {
        for (int i = 0; i < sources.Count; i++)
        {
            int first = sources.FindIndex(source => source.Path == sources[i].Path);
            if (first < i && sources[i].Path.Length > 0) context.FailAt($"sources[{i}].path", $"{sources[i].Path} is sources[{first}] already");
        }
    }

    private static void CheckJoining(JoiningOptions joining, ReadingContext context)
    {
        string? pattern = joining.Start is not null ? "start" : joining.Continue is not null ? "continue" : joining.End is not null ? "end" : null;
        if (pattern is not null && context.Given("joining.preset"))
            context.FailAt("joining.preset", $"{joining.Preset} together with joining.{pattern}; a preset and patterns of one's own exclude each other");
    }

    private static void CheckRules(PipelineOptions options, ReadingContext context)
    {
        for (int i = 0; i < options.Tenancy.Rules.Count; i++)
        {
            TenantRule rule = options.Tenancy.Rules[i];
            string path = $"tenancy.rules[{i}]";
            if (!context.AreSound(path)) continue;
            if (rule.Namespace.Length == 0 && !rule.WantsMetadata) context.FailAt(path, "says nothing of namespaces; namespace, namespace_label or namespace_annotation is missing");
            if (rule is { NamespaceLabel.Length: > 0, NamespaceAnnotation.Length: > 0 }) context.FailAt(path + ".namespace_annotation", "namespace_label is given too; one of them");
            if (TenantTemplate.MissingKey(rule) is { } missing) context.FailAt(path + ".tenant", $"{rule.Tenant} has the value of {missing}, which the rule has not got");
            if (rule.WantsMetadata && !options.Enrichment.Kubernetes.Enabled)
                context.FailAt(path + (rule.NamespaceLabel.Length > 0 ? ".namespace_label" : ".namespace_annotation"), "only the Kubernetes API tells it; enrichment.kubernetes.enabled is not true");
        }
    }

    private static void CheckFields(Dictionary<string, string> fields, ReadingContext context)
    {
        string[] names = [.. fields.Keys];
        for (int i = 0; i < names.Length; i++)
        {
            string? other = names.Take(i).FirstOrDefault(name => ResourceNames.Clash(name, names[i]));
            if (other is not null) context.FailAt($"enrichment.fields.{names[i]}", $"{names[i]} clashes with {other}: one would be a text and an object at once");
        }
    }

    private static void CheckMemory(IndexingOptions indexing, ReadingContext context)
    {
        long least = 4L * indexing.MaxBodyBytes;
        if (indexing.MaxInFlightBytes >= least) return;
        string key = context.Given("indexing.max_in_flight") ? "indexing.max_in_flight" : "indexing.max_body";
        context.FailAt(key, $"max_in_flight {ByteSize.Format(indexing.MaxInFlightBytes)} is below {ByteSize.Format(least)}, four times max_body {ByteSize.Format(indexing.MaxBodyBytes)}");
    }

    private static void CheckStore(StoreOptions store, ReadingContext context)
    {
        if (store.Urls.Count == 0) context.FailAt("store.urls", "an empty list; give embedded or a URL");
        if (store.Urls.Count > 1 && store.Urls.Contains("embedded")) context.FailAt("store.urls", "embedded together with others; it is embedded or URLs");
        else if (store.Urls.Distinct().Count() < store.Urls.Count) context.FailAt("store.urls", "the same URL twice");

        if (store.PasswordEnv is not null && store.PasswordFile is not null) context.FailAt("store.password_file", "password_env is given too; one of them");
        if (store.ApiKeyEnv is not null && store.ApiKeyFile is not null) context.FailAt("store.api_key_file", "api_key_env is given too; one of them");
        bool password = store.PasswordEnv is not null || store.PasswordFile is not null;
        bool key = store.ApiKeyEnv is not null || store.ApiKeyFile is not null;
        if (store.User is not null && !password) context.FailAt("store.user", $"{Quoted.Text(store.User)} without password_env or password_file");
        if (store.User is null && password) context.FailAt(store.PasswordEnv is null ? "store.password_file" : "store.password_env", "a password without user");
        if (store.User is not null && key) context.FailAt("store.user", $"{Quoted.Text(store.User)} together with an API key; one of them");

        // "--store embedded" over a file that knows a cluster is no mistake: the file's credentials just stay unused.
        if (context.GivenByFlag("store.urls")) return;
        if (store.IsEmbedded && (store.User is not null || key)) context.FailAt(store.User is null ? "store" : "store.user", "the embedded store takes no credentials; urls is missing");
        if (store.CaFile is not null && !store.Urls.Any(url => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase)))
            context.FailAt("store.ca_file", "none of store.urls is an https URL");
    }
}
