using LogPipeline.Sources.Layouts;

namespace LogPipeline.Tests.Sources.Layouts;

public sealed class PathGlobTests
{
    [Theory]
    [InlineData("/var/log/syslog", "/var/log/syslog", true)]
    [InlineData("/var/log/syslog", "/var/log/syslog2", false)]
    [InlineData("/var/log/*.log", "/var/log/a.log", true)]
    [InlineData("/var/log/*.log", "/var/log/.log", true)]
    [InlineData("/var/log/*.log", "/var/log/a/b.log", false)]
    [InlineData("/var/log/**/*.log", "/var/log/a.log", true)]
    [InlineData("/var/log/**/*.log", "/var/log/a/b/c.log", true)]
    [InlineData("/var/log/**/*.log", "/var/log/a/b/c.txt", false)]
    [InlineData("/var/log/**", "/var/log/a/b/c.txt", true)]
    [InlineData("/**/x/*.log", "/a/x/b/x/c.log", true)]
    [InlineData("/**", "/a", true)]
    [InlineData("/a/**/**/b", "/a/b", true)]
    [InlineData("/a/?.log", "/a/b.log", true)]
    [InlineData("/a/?.log", "/a/bb.log", false)]
    [InlineData("/a/[a-c]x.log", "/a/bx.log", true)]
    [InlineData("/a/[a-c]x.log", "/a/dx.log", false)]
    [InlineData("/a/[!a-c]x.log", "/a/dx.log", true)]
    [InlineData("/a/[]x].log", "/a/].log", true)]
    [InlineData("/a/[[]x.log", "/a/[x.log", true)]
    [InlineData("/a/\\*.log", "/a/*.log", true)]
    [InlineData("/a/\\*.log", "/a/b.log", false)]
    [InlineData("/a/*a*b*.log", "/a/xaxxbaab.log", true)]
    [InlineData("/a/*a*b*.log", "/a/xxbaa.log", false)]
    [InlineData("/a//b/*.log", "/a/b/c.log", true)]
    [InlineData("/a/b*c", "/a/bc", true)]
    public void A_pattern_matches_what_a_shell_would(string pattern, string path, bool expected)
    {
        Assert.True(PathGlob.TryParse(pattern, out PathGlob? glob, out _));
        Assert.Equal(expected, glob.IsMatchOrBeneath(path));
    }

    [Theory]
    [InlineData("/var/log/pods/kube-system_*", "/var/log/pods/kube-system_dns_1/c/0.log", true)]
    [InlineData("/var/log/pods/kube-system_*/**", "/var/log/pods/kube-system_dns_1/c/0.log", true)]
    [InlineData("/var/log/pods", "/var/log/pods/a/b/0.log", true)]
    [InlineData("/var/log/pods", "/var/log/pods2/a/b/0.log", false)]
    [InlineData("/var/log/pods/a/b/c/d", "/var/log/pods/a", false)]
    public void An_exclude_that_matches_a_directory_leaves_out_all_beneath(string pattern, string path, bool expected)
    {
        Assert.True(PathGlob.TryParse(pattern, out PathGlob? glob, out _));
        Assert.Equal(expected, glob.IsMatchOrBeneath(path));
    }

    [Theory]
    [InlineData("/var/log/pods/*/*/*.log", "/var/log/pods")]
    [InlineData("/var/log/syslog", "/var/log")]
    [InlineData("/**/x.log", "/")]
    [InlineData("/x.log", "/")]
    [InlineData("/a/b\\[1]/*.log", "/a/b[1]")]
    public void The_prefix_is_the_deepest_directory_without_wildcards(string pattern, string prefix)
    {
        Assert.True(PathGlob.TryParse(pattern, out PathGlob? glob, out _));
        Assert.Equal(prefix, glob.Prefix);
    }

    [Theory]
    [InlineData("", "no absolute path")]
    [InlineData("var/log/*.log", "no absolute path")]
    [InlineData("/var/log/", "names a directory")]
    [InlineData("/", "names a directory")]
    [InlineData("/var/[log/x", "'[' without ']'")]
    [InlineData("/var/../x", "'..'")]
    [InlineData("/a\0b", "NUL")]
    public void What_is_no_glob_is_refused_with_the_reason(string pattern, string reason)
    {
        Assert.False(PathGlob.TryParse(pattern, out _, out string fault));
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_depth_does_not_go_through_links_and_other_components_do()
    {
        Assert.True(PathGlob.TryParse("/a/**/*.log", out PathGlob? deep, out _));
        Assert.False(deep.Descends(deep.Step(deep.Start, "link", throughLink: true) & ~deep.Step(0, "link")));
        Assert.True(PathGlob.TryParse("/a/*/x.log", out PathGlob? flat, out _));
        Assert.True(flat.Descends(flat.Step(flat.Start, "link", throughLink: true)));
    }
}
