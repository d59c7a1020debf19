using System.Globalization;
using System.Text;
using LogPipeline.Tailing;

namespace LogPipeline.Sources;

/// <summary>Says which group, user or capability would let this process read what it was refused, by the file's mode and owner.</summary>
public sealed class AccessHint(IFileSystem files)
{
    private const string Capability = "run with CAP_DAC_READ_SEARCH";
    private const uint Read = 4, Enter = 1;

    public string For(string path)
    {
        // Where not even the status may be seen, a directory above refuses.
        string? at = path;
        bool above = false;
        while (at is not null)
        {
            if (TryStat(at, out FileStatus? status))
            {
                if (status is not { } found) return "it is gone";
                return above ? $"its directory {at} is {Describe(found, Enter, "entered")}" : Describe(found, found.IsDirectory ? Read | Enter : Read, "readable");
            }

            at = Path.GetDirectoryName(at);
            above = true;
        }

        return Capability;
    }

    private string Describe(FileStatus status, uint needed, string verb)
    {
        if (Allows(status.Mode, needed)) return $"{verb} by everyone as to its mode: an access list or a security module (SELinux, AppArmor) refuses it";
        if (Allows(status.Mode >> 3, needed)) return $"{verb} by group {NameOf("/etc/group", status.GroupId)}: add this user to it, or {Capability}";
        return Allows(status.Mode >> 6, needed)
            ? $"{verb} by its owner {NameOf("/etc/passwd", status.UserId)} only: run as that user, or {Capability}"
            : $"{verb} by nobody as to its mode: {Capability}";
    }

    private static bool Allows(uint mode, uint needed) => (mode & needed) == needed;

    private bool TryStat(string path, out FileStatus? status)
    {
        status = null;
        try
        {
            status = files.Stat(path);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The name of a number in passwd(5) or group(5): <c>name:password:number:…</c>; the number itself where it has none.</summary>
    private string NameOf(string database, uint number)
    {
        string text = number.ToString(CultureInfo.InvariantCulture);
        foreach (string line in Content(database).Split('\n'))
        {
            string[] fields = line.Split(':');
            if (fields.Length > 2 && fields[2] == text) return fields[0];
        }

        return text;
    }

    private string Content(string path)
    {
        try
        {
            using ILogFileHandle handle = files.Open(path);
            byte[] content = new byte[handle.Stat().SizeBytes];
            int length = 0, read;
            while (length < content.Length && (read = handle.Read(length, content.AsSpan(length))) > 0) length += read;
            return Encoding.UTF8.GetString(content, 0, length);
        }
        catch (UnauthorizedAccessException)
        {
            return "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
