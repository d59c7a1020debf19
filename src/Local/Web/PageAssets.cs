using System.Reflection;
using System.Security.Cryptography;

namespace LogPipeline.Local.Web;

/// <summary>The files of the page, embedded in the assembly. The browser asks each time whether they are still the same.</summary>
internal static class PageAssets
{
    private const string Prefix = "page/";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        Assembly assembly = typeof(PageAssets).Assembly;
        foreach (string name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            string path = "/" + name[Prefix.Length..].Replace('\\', '/');
            byte[] content = Read(assembly, name);
            string tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\"";
            string type = ContentType(path);
            endpoints.MapGet(path == "/index.html" ? "/" : path, context => WriteAsync(context, content, type, tag));
        }
    }

    private static Task WriteAsync(HttpContext context, byte[] content, string type, string tag)
    {
        PageHeaders.Apply(context.Response);
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.ETag = tag;
        if (context.Request.Headers.IfNoneMatch == tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        return context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask();
    }

    private static byte[] Read(Assembly assembly, string name)
    {
        using Stream stream = assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static string ContentType(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
}
