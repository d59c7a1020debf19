using System.Diagnostics;

namespace LogPipeline.Tests.Kubernetes;

/// <summary>Programs that the tests run. One that is missing leaves the test out, which CI counts as a failure.</summary>
internal static class Tool
{
    /// <summary>The path of the first of the programs that is installed.</summary>
    public static string Find(params string[] names) => TryFind(names) ?? LeaveOut(names);

    public static string? TryFind(params string[] names) =>
        names.SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);

    /// <summary>Runs a program to its end.</summary>
    public static (int ExitCode, string Output, string Errors) Run(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments, new Dictionary<string, string?>());
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    /// <summary>Starts a program with redirected output; a variable with null is taken away.</summary>
    public static Process Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        foreach ((string name, string? value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static string LeaveOut(string[] names)
    {
        Assert.Skip($"{string.Join(" or ", names)} is not installed");
        return "";
    }
}
