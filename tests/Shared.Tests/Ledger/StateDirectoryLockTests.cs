using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using LogPipeline.Ledger;
using LogPipeline.Ledger.State;
using Microsoft.Win32.SafeHandles;

namespace LogPipeline.Tests.Ledger;

public sealed partial class StateDirectoryLockTests : IDisposable
{
    private const string DirectoryVariable = "STATE_DIRECTORY_LOCK_TEST";
    private static readonly StateDirectoryLockInfo Info = new()
    {
        ProcessId = 4711,
        Host = "n1",
        Command = "pipeline run --state \"a b\"",
        StartedAt = new DateTimeOffset(2026, 11, 20, 16, 40, 10, TimeSpan.Zero),
    };

    private readonly string _directory = Directory.CreateTempSubdirectory("lock-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_second_holder_is_told_who_the_first_is()
    {
        using StateDirectoryLock? first = StateDirectoryLock.TryAcquire(_directory, Info, out StateDirectoryLockInfo? none);
        Assert.NotNull(first);
        Assert.Null(none);
        Assert.Null(StateDirectoryLock.TryAcquire(_directory, Info with { ProcessId = 1 }, out StateDirectoryLockInfo? holder));
        Assert.Equal(Info, holder);
        Assert.Equal("process 4711 on n1 (pipeline run --state \"a b\"), since 2026-11-20 16:40:10Z", holder!.ToString());
    }

    [Fact]
    public void The_endpoint_is_found_while_the_lock_is_held_and_not_after()
    {
        using (StateDirectoryLock? held = StateDirectoryLock.TryAcquire(_directory, Info, out _))
        {
            held!.SetEndpoint("http://127.0.0.1:5080/a/long/one");
            held.SetEndpoint("http://127.0.0.1:5080");
            Assert.Equal("http://127.0.0.1:5080", StateDirectoryLock.ReadHolder(_directory)!.Endpoint);
        }

        Assert.Null(StateDirectoryLock.ReadHolder(_directory));
        Assert.True(File.Exists(Path.Combine(_directory, StateDirectoryLock.FileName)));
        using StateDirectoryLock? next = StateDirectoryLock.TryAcquire(_directory, Info, out _);
        Assert.Equal("", StateDirectoryLock.ReadHolder(_directory)!.Endpoint);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"pid\":1,\"host\":\"n1\"")]
    [InlineData("[]")]
    [InlineData("{\"pid\":\"x\",\"started\":7}")]
    public void Text_in_the_file_means_nothing_without_the_lock(string text)
    {
        File.WriteAllText(Path.Combine(_directory, StateDirectoryLock.FileName), text);
        Assert.Null(StateDirectoryLock.ReadHolder(_directory));
        using StateDirectoryLock? held = StateDirectoryLock.TryAcquire(_directory, Info, out _);
        Assert.NotNull(held);
        File.WriteAllText(Path.Combine(_directory, "copy"), text);
        Overwrite(text);
        Assert.Equal("another process", StateDirectoryLock.ReadHolder(_directory)!.ToString());
    }

    [Fact]
    public void The_directory_is_made_if_absent()
    {
        string nested = Path.Combine(_directory, "a", "b");
        Assert.Null(StateDirectoryLock.ReadHolder(nested));
        using StateDirectoryLock? held = StateDirectoryLock.TryAcquire(nested, Info, out _);
        Assert.NotNull(held);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(nested));
    }

    [Fact]
    public void A_directory_that_cannot_be_made_is_an_io_error()
    {
        File.WriteAllText(Path.Combine(_directory, "file"), "");
        Assert.Throws<IOException>(() => StateDirectoryLock.TryAcquire(Path.Combine(_directory, "file", "state"), Info, out _));
    }

    [Fact]
    public void A_released_lock_is_free_while_a_child_process_still_has_a_copy_of_the_descriptor()
    {
        StateDirectoryLock? first = StateDirectoryLock.TryAcquire(_directory, Info, out _);
        string path = Path.Combine(_directory, StateDirectoryLock.FileName);
        string descriptor = Directory.GetFiles("/proc/self/fd").Single(link => new FileInfo(link).LinkTarget == path);
        using var copy = new SafeFileHandle(Duplicate(int.Parse(Path.GetFileName(descriptor), CultureInfo.InvariantCulture)), ownsHandle: true);
        Assert.False(copy.IsInvalid);
        first!.Dispose();
        Assert.Null(StateDirectoryLock.ReadHolder(_directory));
        using StateDirectoryLock? next = StateDirectoryLock.TryAcquire(_directory, Info, out _);
        Assert.NotNull(next);
    }

    [Fact]
    public void A_killed_process_holds_nothing()
    {
        using Process child = StartHolder();
        try
        {
            string? line;
            do line = child.StandardOutput.ReadLine();
            while (line is not null && !line.Contains("HELD", StringComparison.Ordinal));
            Assert.NotNull(line);
            Assert.Equal(child.Id, StateDirectoryLock.ReadHolder(_directory)!.ProcessId);
            Assert.Null(StateDirectoryLock.TryAcquire(_directory, Info, out StateDirectoryLockInfo? holder));
            Assert.Equal(child.Id, holder!.ProcessId);
        }
        finally
        {
            child.Kill();
            child.WaitForExit();
        }

        Assert.Null(StateDirectoryLock.ReadHolder(_directory));
        using StateDirectoryLock? next = StateDirectoryLock.TryAcquire(_directory, Info, out _);
        Assert.NotNull(next);
    }

    /// <summary>The other process of <see cref="A_killed_process_holds_nothing"/>; never run on its own.</summary>
    [Fact(Explicit = true)]
    public void Hold_until_killed()
    {
        string directory = Environment.GetEnvironmentVariable(DirectoryVariable)!;
        using StateDirectoryLock? held = StateDirectoryLock.TryAcquire(directory, StateDirectoryLockInfo.OfThisProcess(TimeProvider.System), out _);
        Console.WriteLine(held is null ? "REFUSED" : "HELD");
        Console.In.Read();
    }

    private Process StartHolder()
    {
        string program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(typeof(StateDirectoryLockTests).Assembly.Location);
        string method = $"{typeof(StateDirectoryLockTests).FullName}.{nameof(Hold_until_killed)}";
        foreach (string argument in (string[])["-explicit", "only", "-method", method]) start.ArgumentList.Add(argument);
        start.Environment[DirectoryVariable] = _directory;
        return Process.Start(start)!;
    }

    /// <summary>Writes past .NET's own locking, as any other program would.</summary>
    private void Overwrite(string text)
    {
        using Process copy = Process.Start("cp", [Path.Combine(_directory, "copy"), Path.Combine(_directory, StateDirectoryLock.FileName)]);
        copy.WaitForExit();
        Assert.Equal(text.Length, new FileInfo(Path.Combine(_directory, StateDirectoryLock.FileName)).Length);
    }

    [LibraryImport("libc", EntryPoint = "dup", SetLastError = true)]
    private static partial int Duplicate(int descriptor);
}
