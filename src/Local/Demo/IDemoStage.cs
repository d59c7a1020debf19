namespace LogPipeline.Local.Demo;

/// <summary>What a scene does to the cluster when its time has come.</summary>
internal interface IDemoStage
{
    /// <summary>A container writes a line; nothing while it is down.</summary>
    void Write(DemoContainer container, long nanos, bool stderr, string line);

    /// <summary>A container ends; it stays down until <see cref="Restart"/>.</summary>
    void End(DemoContainer container);

    /// <summary>The kubelet starts the container again.</summary>
    void Restart(DemoContainer container);
}
