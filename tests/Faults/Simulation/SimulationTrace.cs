namespace LogPipeline.Tests.Simulation;

/// <summary>What happens, line by line, to stderr: <c>TRACE=1</c>, with one seed.</summary>
internal static class SimulationTrace
{
    private static readonly bool s_on = Environment.GetEnvironmentVariable("TRACE") == "1";

    public static void Write(string line)
    {
        if (s_on) Console.Error.WriteLine(line);
    }
}
