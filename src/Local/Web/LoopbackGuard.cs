using System.Net;

namespace LogPipeline.Local.Web;

/// <summary>
/// Keeps other people's web pages out of a server on this machine. A page elsewhere can make the browser send requests to loopback, and
/// by pointing its own name at 127.0.0.1 even read the answers (DNS rebinding): so while the server listens on loopback, a
/// <c>Host</c> that is not a name of loopback is refused; and so is everywhere an <c>Origin</c> that is not the server's own, and what
/// a foreign page embeds (<c>Sec-Fetch-Site</c>). A link from elsewhere may lead here.
/// </summary>
public sealed class LoopbackGuard(RequestDelegate next, bool loopback)
{
    public Task InvokeAsync(HttpContext context)
    {
        HostString host = context.Request.Host;
        if (loopback && !IsLoopbackName(host.Host))
        {
            return Refuse(context, $"This server answers on this machine only: the host \"{host.Host}\" is not a name of it. Use http://127.0.0.1:{context.Connection.LocalPort}/, or set web.listen to serve others.");
        }

        string? origin = context.Request.Headers.Origin;
        if (origin is not null && !IsOwn(origin, host))
        {
            return Refuse(context, $"Requests from other pages are refused; this one comes from \"{origin}\".");
        }

        string site = context.Request.Headers["Sec-Fetch-Site"].ToString();
        if (site is "cross-site" or "same-site" && context.Request.Headers["Sec-Fetch-Mode"] != "navigate")
        {
            return Refuse(context, "Requests from other pages are refused.");
        }

        return next(context);
    }

    /// <summary>Whether <c>ADDRESS:PORT</c> is reached from this machine only.</summary>
    public static bool IsLoopbackAddress(string listen)
    {
        int colon = listen.LastIndexOf(':');
        return IsLoopbackName(colon > 0 ? listen[..colon] : listen);
    }

    private static bool IsLoopbackName(string host)
    {
        string name = host.TrimStart('[').TrimEnd(']');
        return string.Equals(name, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name, out IPAddress? address) && IPAddress.IsLoopback(address));
    }

    // Behind a port forward both carry the forwarded port, so they are compared with each other and not with the port listened on.
    private static bool IsOwn(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out Uri? from)
        && string.Equals(from.Authority, host.Value, StringComparison.OrdinalIgnoreCase);

    private static Task Refuse(HttpContext context, string reason)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return context.Response.WriteAsync(reason + "\n", context.RequestAborted);
    }
}
