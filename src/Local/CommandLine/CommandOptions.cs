using System.CommandLine;

namespace LogPipeline.Local.CommandLine;

/// <summary>Every flag, once; commands share them. Values are checked where the configuration is read, so that a flag and a file have the same faults.</summary>
internal sealed class CommandOptions
{
    public Option<string> Config { get; } = new("--config", "-c") { HelpName = "FILE", Description = "YAML configuration; flags win over it" };

    public Option<string[]> Source { get; } = new("--source", "-s") { HelpName = "GLOB", Description = "Read these files instead of the configured ones (repeatable; quote the glob)" };

    public Option<string> Format { get; } = Choice("--format", "auto|cri|docker|plain", "Format of the files of --source");

    public Option<string> Joining { get; } = new("--joining") { HelpName = "PRESET", Description = "Which lines make one record: auto, java, dotnet, python, go, node, ruby, php, indented, none" };

    public Option<string> Parse { get; } = Choice("--parse", "auto|json|none", "What is looked for inside a record's text");

    public Option<string[]> Field { get; } = new("--field") { HelpName = "NAME=VALUE", Description = "Static field of every record (repeatable)" };

    public Option<string[]> Store { get; } = new("--store") { HelpName = "embedded|URL", Description = "Where records are stored: the embedded store, or OpenSearch or Elasticsearch (repeatable for the nodes of one cluster)" };

    public Option<string> Index { get; } = new("--index") { HelpName = "PATTERN", Description = "Names of indices: text with {tenant}, {namespace} and {day}" };

    public Option<string> State { get; } = new("--state") { HelpName = "DIR", Description = "State directory: progress, and the embedded store" };

    public Option<string> Listen { get; } = new("--listen") { HelpName = "ADDRESS:PORT", Description = "Address of the page, the metrics and the embedded store" };

    public Option<bool> FromStart { get; } = new("--from-start") { Description = "Read files without a resume point from their start" };

    public Option<bool> FromEnd { get; } = new("--from-end") { Description = "Read files without a resume point from their end: new lines only" };

    public Option<string> UntilIdle { get; } = new("--until-idle") { HelpName = "SECONDS", Description = "Stop once all that was found is stored and nothing new came for so long" };

    public Option<bool> Demo { get; } = new("--demo") { Description = "Write realistic pod logs into a temporary folder and run on those" };

    public Option<bool> Deep { get; } = new("--deep") { Description = "Compare every id, not only counts and bytes by range" };

    public Option<string> Around { get; } = new("--context", "-C") { HelpName = "N", Description = "Records before and after (default 5)" };

    public Option<string> Before { get; } = new("--before", "-B") { HelpName = "N", Description = "Records before" };

    public Option<string> After { get; } = new("--after", "-A") { HelpName = "N", Description = "Records after" };

    public Option<string> Size { get; } = new("--size") { HelpName = "BYTES", Description = "Bytes of logs to generate (default 256MiB)" };

    public Option<string> Files { get; } = new("--files") { HelpName = "N", Description = "Files to generate (default 1)" };

    public Option<string> Dashboards { get; } = new("--dashboards") { HelpName = "URL", Description = "OpenSearch Dashboards: put an index pattern, a search and a dashboard there" };

    public Argument<string> Target { get; } = new("record") { HelpName = "_id | file:offset", Description = "The record: its id, or a file and the offset of a byte in it" };

    /// <summary>What <c>run</c> takes, and <c>validate</c> checks.</summary>
    public IReadOnlyList<Option> OfRun => [Config, Source, Format, Joining, Parse, Field, Store, Index, State, Listen, FromStart, FromEnd, UntilIdle, Demo];

    /// <summary>What tells a command which files, which store and which ledger.</summary>
    public IReadOnlyList<Option> OfInspection => [Config, Source, Store, State];

    /// <summary>What <c>bench</c> takes: what decides the cost of a line.</summary>
    public IReadOnlyList<Option> OfBench => [Config, Source, Format, Joining, Parse, Field, Size, Files];

    /// <summary>What <c>setup</c> takes.</summary>
    public IReadOnlyList<Option> OfSetup => [Config, Store, Index, Dashboards];

    private static Option<string> Choice(string name, string choices, string description) => new(name) { HelpName = choices, Description = description };
}
