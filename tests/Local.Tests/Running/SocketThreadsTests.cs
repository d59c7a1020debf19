using LogPipeline.Local.Running;

namespace LogPipeline.Tests.Running;

public sealed class SocketThreadsTests
{
    private const string InPlace = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", Count = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    private readonly Dictionary<string, string> _environment = [];

    [Fact]
    public void Answers_are_followed_up_where_they_arrive_on_as_many_threads_as_there_are_workers()
    {
        Use();
        Assert.Equal("1", _environment[InPlace]);
        Assert.Equal("3", _environment[Count]);
    }

    [Fact]
    public void What_a_person_has_set_for_sockets_stays()
    {
        _environment[Count] = "2";
        Use();
        Assert.Equal("2", _environment[Count]);

        _environment.Clear();
        _environment[InPlace] = "0";
        Use();
        Assert.Equal("0", Assert.Single(_environment).Value);
    }

    private void Use() => SocketThreads.Use(3, _environment.GetValueOrDefault, (name, value) => _environment[name] = value);
}
