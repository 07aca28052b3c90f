using System.Globalization;
using System.Runtime.InteropServices;
using Starling.Data;

namespace Starling.Model.Files;

/// <summary>
/// A folder that only its user can open. Another user of the machine may have made a folder of the same name before, so
/// its owner and its mode are looked at before anything in it is trusted. On Windows the folder inherits the rights of
/// the folder that it is in.
/// </summary>
public static partial class PrivateFolder
{
    private const UnixFileMode OwnerOnly =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute |
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Makes the folder if it does not exist, and closes a folder of this user to all others.</summary>
    /// <exception cref="StarlingException">The folder cannot be made, or another user made it.</exception>
    public static void Make(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
                return;
            }
            Directory.CreateDirectory(path, OwnerOnly);
            if (ProblemOf(path) is null) return;
            if (IsOwn(path)) File.SetUnixFileMode(path, OwnerOnly);
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw new StarlingException($"folder {path} cannot be made ({e.Message})", e);
        }
        Check(path);
    }

    /// <summary>Checks that only this user can open an existing folder.</summary>
    /// <exception cref="StarlingException">It belongs to another user, others can open it, or it is a link.</exception>
    public static void Check(string path)
    {
        if (ProblemOf(path) is { } problem)
            throw new StarlingException(
                $"folder {path} {problem}, so what is in it cannot be trusted: have it deleted, and start again");
    }

    /// <summary>
    /// Writes a new file that only this user can read, in any folder. What has the file's name already is neither
    /// written to nor followed.
    /// </summary>
    /// <exception cref="IOException">Something of that name is there, or the file cannot be written.</exception>
    public static void WriteNew(string path, string text)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using StreamWriter file = new(path, options);
        file.Write(text);
    }

    private static string? ProblemOf(string path)
    {
        if (OperatingSystem.IsWindows()) return null;
        DirectoryInfo folder = new(path);
        if (folder.LinkTarget is not null) return "is a link";
        if (!folder.Exists) return "is no folder";
        if (!IsOwn(path)) return "belongs to another user";
        return (folder.UnixFileMode & Others) == 0 ? null : string.Create(CultureInfo.InvariantCulture,
            $"can be opened by others (mode {Convert.ToString((int)folder.UnixFileMode, 8)})");
    }

    /// <summary>Whether this user owns a folder that is no link. .NET has no method for that.</summary>
    private static bool IsOwn(string path)
    {
        if (new DirectoryInfo(path).LinkTarget is not null) return false;
        if (!OperatingSystem.IsLinux()) return MayChangeMode(path);
        const int currentFolder = -100, doNotFollow = 0x100, userId = 8;
        // The layout of the answer is the same on all processors: the user's number is at byte 20.
        Span<byte> answer = stackalloc byte[256];
        return Statx(currentFolder, path, doNotFollow, userId, answer) == 0 &&
            MemoryMarshal.Read<uint>(answer[20..]) == UserId();
    }

    private static bool MayChangeMode(string path)
    {
        if (OperatingSystem.IsWindows()) return true;
        try
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path)); // only the owner may
            return true;
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, Span<byte> answer);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint UserId();
}
