using LogPipeline.Local.Search.Queries;

namespace LogPipeline.Tests.Search.Queries;

public sealed class QueryParserTests
{
    [Theory]
    [InlineData("", "*")]
    [InlineData("   ", "*")]
    [InlineData("timeout", "'timeout'")]
    [InlineData("connection refused", "('connection' & 'refused')")]
    [InlineData("\"connection refused\"", "'connection refused'")]
    [InlineData("\"say \\\"hi\\\"\"", "'say \"hi\"'")]
    [InlineData("a OR b c", "('a' | ('b' & 'c'))")]
    [InlineData("(a OR b) c", "(('a' | 'b') & 'c')")]
    [InlineData("a AND NOT b", "('a' & !'b')")]
    [InlineData("-health", "!'health'")]
    [InlineData("-(a OR b)", "!('a' | 'b')")]
    [InlineData("--a", "!!'a'")]
    [InlineData("time*", "body~time*")]
    [InlineData("/api/*/ITEMS", "('api' & 'items')")]
    [InlineData("exam*.com", "(body~exam*.com | (body~exam* & 'com'))")]
    [InlineData("pod:cart-1", "resource.k8s.pod.name=cart-1")]
    [InlineData("ns:shop", "resource.k8s.namespace.name=shop")]
    [InlineData("pod:\"a b\"", "resource.k8s.pod.name=a b")]
    [InlineData("pod:cart*", "resource.k8s.pod.name^cart")]
    [InlineData("pod:*cart?", "resource.k8s.pod.name~*cart?")]
    [InlineData("pod:*", "?resource.k8s.pod.name")]
    [InlineData("-pod:cart-1", "!resource.k8s.pod.name=cart-1")]
    [InlineData("user:42", "attributes.fields.user,resource.user=42")]
    [InlineData("fields.user.id:42", "attributes.fields.user.id=42")]
    [InlineData("k8s.pod.uid:x", "resource.k8s.pod.uid=x")]
    [InlineData("log.offset:12", "attributes.log.offset[12..12]")]
    [InlineData("log.length:>1000", "attributes.log.length[1001..]")]
    [InlineData("level:warning", "severity.text=WARN")]
    [InlineData("level:>=warn", "severity.number[13..]")]
    [InlineData("level:>error", "severity.number[21..]")]
    [InlineData("level:<warn", "severity.number[1..12]")]
    [InlineData("level:none", "!?severity.text")]
    [InlineData("body:\"a b\"", "'a b'")]
    [InlineData("tenant:x", "tenant=x")]
    public void Queries_mean_what_their_syntax_says(string text, string meaning)
    {
        Assert.True(QueryParser.TryParse(text, out QueryNode query, out QuerySyntaxError? error), error?.Message);
        Assert.Equal(meaning, Describe(query));
    }

    [Theory]
    [InlineData("http://shop/cart?id=3", "'http://shop/cart?id=3'")]
    [InlineData("12:30:05", "'12:30:05'")]
    [InlineData("Error: disk full", "('Error:' & 'disk' & 'full')")]
    [InlineData("std::bad_alloc", "'std::bad_alloc'")]
    [InlineData("call(x, y)", "('call(x,' & 'y)')")]
    [InlineData("a - b => c", "('a' & 'b' & 'c')")]
    [InlineData("why?", "'why?'")]
    [InlineData("say\\:this", "'say:this'")]
    [InlineData("\"OR\"", "'OR'")]
    public void What_is_pasted_from_a_log_is_looked_for_as_text(string text, string meaning)
    {
        Assert.True(QueryParser.TryParse(text, out QueryNode query, out QuerySyntaxError? error), error?.Message);
        Assert.Equal(meaning, Describe(query));
    }

    [Theory]
    [InlineData("\"abc", 0, "quotation mark")]
    [InlineData("a (b", 2, "never closed")]
    [InlineData("a OR", 2, "both sides")]
    [InlineData("OR a", 0, "both sides")]
    [InlineData("a AND", 2, "both sides")]
    [InlineData("x level:", 2, "needs a value")]
    [InlineData("level:loud", 0, "no level \"loud\"")]
    [InlineData("log.offset:x", 0, "whole number")]
    [InlineData("status:>=500", 0, "no order")]
    [InlineData("@timestamp:2026", 0, "time range")]
    [InlineData("NOT", 0, "leave out")]
    [InlineData("=> --", 0, "no letter or digit")]
    [InlineData("((((((((((((((((((a))))))))))))))))))", 16, "deep")]
    public void A_broken_query_says_what_is_wrong_and_where(string text, int position, string part)
    {
        Assert.False(QueryParser.TryParse(text, out _, out QuerySyntaxError? error));
        Assert.Contains(part, error!.Message, StringComparison.Ordinal);
        Assert.Equal(position, error.Position);
    }

    [Fact]
    public void A_query_without_bound_is_refused()
    {
        Assert.False(QueryParser.TryParse(new string('x', QueryLimits.TextLength + 1), out _, out _));
        Assert.False(QueryParser.TryParse(string.Join(' ', Enumerable.Repeat("x", QueryLimits.Terms + 1)), out _, out _));
        Assert.True(QueryParser.TryParse(string.Join(' ', Enumerable.Repeat("x", QueryLimits.Terms)), out _, out _));
    }

    [Fact]
    public void Any_text_is_a_query_or_an_error()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        const string alphabet = "ab :\"\\()-*?<>=.OR AND NOT level pod\u00e9\ud83d\ude00\n";
        for (int i = 0; i < 20_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            bool read = QueryParser.TryParse(text, out _, out QuerySyntaxError? error);
            Assert.True(read == error is null, $"seed {seed}: \"{text}\"");
            Assert.True(read || (error!.Position >= 0 && error.Position <= text.Length), $"seed {seed}: \"{text}\" at {error?.Position}");
        }
    }

    private static string Describe(QueryNode query) => query switch
    {
        QueryNode.Everything => "*",
        QueryNode.Phrase phrase => $"'{phrase.Text}'",
        QueryNode.WordPattern word => $"body~{word.Value}",
        QueryNode.Term term => $"{string.Join(',', term.Fields)}={term.Value}",
        QueryNode.ValuePattern pattern => $"{string.Join(',', pattern.Fields)}~{pattern.Value}",
        QueryNode.Prefix prefix => $"{string.Join(',', prefix.Fields)}^{prefix.Value}",
        QueryNode.Exists exists => $"?{string.Join(',', exists.Fields)}",
        QueryNode.Between between => $"{between.Field}[{between.Least}..{between.Most}]",
        QueryNode.And and => $"({string.Join(" & ", and.Parts.Select(Describe))})",
        QueryNode.Or or => $"({string.Join(" | ", or.Parts.Select(Describe))})",
        QueryNode.Not not => $"!{Describe(not.Part)}",
        _ => throw new InvalidOperationException(),
    };
}
