namespace LogPipeline.Local.Demo;

/// <summary>A container of the demo's cluster and its log.</summary>
internal sealed class DemoContainer(string @namespace, string pod, Guid uid, string name, string ip)
{
    public string Namespace { get; } = @namespace;

    public string Pod { get; } = pod;

    public string Name { get; } = name;

    /// <summary>The pod's address, as others see it in their logs.</summary>
    public string Ip { get; } = ip;

    /// <summary>The container's folder under <c>/var/log/pods</c>.</summary>
    public string Folder { get; } = Path.Combine($"{@namespace}_{pod}_{uid}", name);

    /// <summary>It ended and the kubelet waits before it starts it again: it writes nothing.</summary>
    public bool IsDown { get; set; }
}
