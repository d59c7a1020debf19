using System.Diagnostics;
using LogPipeline.Tests.Running;
using Npgsql;

namespace LogPipeline.Tests.Positions;

/// <summary>A PostgreSQL server of a test's own, on a socket in a temporary directory, for as long as the test runs.</summary>
internal sealed class PostgresServer : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly string _root = Directory.CreateTempSubdirectory("pipeline-pg-").FullName;
    private readonly Process _server;

    private PostgresServer(string programs, int port)
    {
        string data = Path.Combine(_root, "data");
        // The server refuses to run as root.
        if (Environment.UserName == "root") Run("chown", "postgres", _root);
        Run([.. AsUser, Path.Combine(programs, "initdb"), "-D", data, "-A", "trust", "-U", "postgres"]);
        string[] command = [.. AsUser, Path.Combine(programs, "postgres"), "-D", data, "-h", "127.0.0.1", "-p", $"{port}", "-k", _root];
        _server = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _server.BeginErrorReadLine();
        _server.BeginOutputReadLine();
        ConnectionString = $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres";
    }

    /// <summary>Where the server's programs are; null when they are not installed.</summary>
    public static string? Programs { get; } =
        Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).FirstOrDefault(bin => File.Exists(Path.Combine(bin, "initdb"))) : null;

    public string ConnectionString { get; }

    private static string[] AsUser => Environment.UserName == "root" ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];

    public static async Task<PostgresServer> StartAsync()
    {
        var server = new PostgresServer(Programs!, FreePorts.Take(1)[0]);
        Assert.True(await Eventually.ComesAsync(StartLimit, server.AnswersAsync), "PostgreSQL does not answer.");
        return server;
    }

    public void Dispose()
    {
        NpgsqlConnection.ClearAllPools();
        // Its children end with it, and leave the directory alone.
        if (!_server.HasExited) Run("kill", "-INT", $"{_server.Id}");
        _server.WaitForExit();
        _server.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString);
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static void Run(params string[] command)
    {
        using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
    }
}
