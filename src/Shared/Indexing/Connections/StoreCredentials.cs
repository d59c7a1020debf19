using System.Net.Http.Headers;
using System.Text;
using LogPipeline.Configuration;

namespace LogPipeline.Indexing.Connections;

/// <summary>
/// The <c>Authorization</c> header: an API key, else user and password, each from an environment variable or a file. A file is read
/// again when the store answers 401, so that a rotated secret needs no restart. Thread-safe.
/// </summary>
public sealed class StoreCredentials
{
    private readonly StoreOptions _options;
    private volatile AuthenticationHeaderValue? _header;

    /// <summary>Reads the credentials. Throws <see cref="InvalidOperationException"/> naming the key whose variable is unset or whose file cannot be read.</summary>
    public StoreCredentials(StoreOptions options)
    {
        _options = options;
        _header = Read(options);
    }

    /// <summary>Null when there are none.</summary>
    public AuthenticationHeaderValue? Header => _header;

    /// <summary>Reads again; true when something else is there now. A file that cannot be read leaves the old credentials in place.</summary>
    public bool Reload()
    {
        AuthenticationHeaderValue? before = _header;
        try
        {
            _header = Read(_options);
        }
        catch (InvalidOperationException)
        {
            return false;
        }

        return !Equals(before, _header);
    }

    private static AuthenticationHeaderValue? Read(StoreOptions options)
    {
        if (Secret("api_key", options.ApiKeyEnv, options.ApiKeyFile) is { } key) return new AuthenticationHeaderValue("ApiKey", key);
        if (options.User is not { Length: > 0 } user) return null;
        string password = Secret("password", options.PasswordEnv, options.PasswordFile) ?? "";
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    private static string? Secret(string name, string? variable, string? file)
    {
        if (variable is { Length: > 0 })
        {
            return Environment.GetEnvironmentVariable(variable)
                ?? throw new InvalidOperationException($"store.{name}_env: the environment variable {variable} is not set");
        }

        if (file is not { Length: > 0 }) return null;
        try
        {
            return File.ReadAllText(file).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"store.{name}_file: {e.Message}", e);
        }
    }
}
