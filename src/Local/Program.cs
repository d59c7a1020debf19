using LogPipeline.Local.CommandLine;
using LogPipeline.Local.Running;

using var signals = StopSignals.Listen();
return await CommandLineRoot.Invoke(args, new Commands(Console.Out, Console.Error), Console.Out, Console.Error, signals.Token);
