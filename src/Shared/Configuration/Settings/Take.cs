using LogPipeline.Configuration.Values;

namespace LogPipeline.Configuration.Settings;

/// <summary>How a section's table says what a key takes: <c>Take&lt;TailingOptions&gt;.Size("max_line", …)</c>.</summary>
internal static class Take<TSection>
{
    public static Setting<TSection> Size(string name, long min, long max, Func<TSection, long> get, Action<TSection, long> set, string doc) =>
        Scalar(name, new SizeKind(min, max), get, set, doc);

    public static Setting<TSection> Time(string name, TimeSpan min, TimeSpan max, Func<TSection, TimeSpan> get, Action<TSection, TimeSpan> set, string doc) =>
        Scalar(name, new DurationKind(min, max), get, set, doc);

    public static Setting<TSection> Number(string name, int min, int max, Func<TSection, int> get, Action<TSection, int> set, string doc) =>
        Scalar(name, new IntegerKind(min, max), get, set, doc);

    public static Setting<TSection> Flag(string name, Func<TSection, bool> get, Action<TSection, bool> set, string doc) =>
        Scalar(name, new BooleanKind(), get, set, doc);

    public static Setting<TSection> Choice(string name, string[] choices, Func<TSection, string> get, Action<TSection, string> set, string doc) =>
        Scalar(name, new ChoiceKind(choices), get, set, doc);

    public static Setting<TSection> Text(string name, TextKind kind, Func<TSection, string?> get, Action<TSection, string> set, string doc) =>
        new ScalarSetting<TSection, string>(name, kind, section => get(section) is { Length: > 0 } value ? value : null, set, doc);

    public static Setting<TSection> RequiredText(string name, TextKind kind, Action<TSection, string> set, string doc) =>
        new ScalarSetting<TSection, string>(name, kind, _ => null, set, doc) { Required = true };

    public static Setting<TSection> List(string name, TextKind kind, Func<TSection, List<string>> list, string doc) =>
        new ListSetting<TSection>(name, kind, list, doc);

    public static Setting<TSection> Map(string name, TextKind names, TextKind values, Func<TSection, Dictionary<string, string>> map, string doc) =>
        new MapSetting<TSection>(name, names, values, map, doc);

    public static Setting<TSection> Child<TChild>(string name, Section<TChild> child, Func<TSection, TChild> get)
        where TChild : class, new() => new SectionSetting<TSection, TChild>(name, child, get);

    public static Setting<TSection> Children<TChild>(string name, Section<TChild> child, Func<TSection, List<TChild>> list)
        where TChild : class, new() => new SectionListSetting<TSection, TChild>(name, child, list, child.Doc);

    private static ScalarSetting<TSection, T> Scalar<T>(string name, ValueKind<T> kind, Func<TSection, T> get, Action<TSection, T> set, string doc) =>
        new(name, kind, section => kind.Format(get(section)), set, doc);
}
