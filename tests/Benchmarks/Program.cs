using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using LogPipeline.Benchmarks.Scaling;
using Xunit.Runner.InProc.SystemConsole;

// `time ...` is BenchmarkDotNet on what follows (--filter '*Cri*', --list flat), `scale ...` plays the autoscaling with real processes; anything else is the suite of allocation budgets.
if (args is ["scale", .. string[] scenarios]) return await ScalingCommand.RunAsync(scenarios);
if (args is not ["time", .. string[] rest]) return await ConsoleRunner.Run(args);
// In this process, whose settings are those of the pipeline: no tiers, no concurrent collector.
IConfig config = DefaultConfig.Instance.AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance)).AddDiagnoser(MemoryDiagnoser.Default);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(rest.Length > 0 ? rest : ["--filter", "*"], config);
return 0;
