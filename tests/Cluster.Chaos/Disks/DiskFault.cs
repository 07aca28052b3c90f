using System.ComponentModel;
using Starling.Cluster.Chaos.Harness;

namespace Starling.Cluster.Chaos.Disks;

/// <summary>
/// Has one call of a run to the system fail below .NET, as a failing disk does it. strace makes the system refuse the
/// call; a library that is loaded first would not be asked by .NET.
/// </summary>
/// <param name="Kind">What fails, for people.</param>
/// <param name="Call">The call's name.</param>
/// <param name="Number">
/// Which of a thread's calls of that name fails, from 1. It fails in every thread that makes so many.
/// </param>
/// <param name="Path">Only calls on this file count; null for all.</param>
internal sealed record DiskFault(string Kind, string Call, int Number, string? Path)
{
    /// <summary>The calls by which a run changes its folder.</summary>
    public const string Calls = "fsync,rename,pwrite64,close";

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    /// <summary>Arguments of strace before the program, for a run in which nothing fails.</summary>
    public static string[] Trace(string trace) =>
        ["strace", "-f", "--seccomp-bpf", "-y", "-o", trace, "-e", $"trace={Calls}"];

    /// <summary>Arguments of strace before the program.</summary>
    /// <param name="trace">Gets a line with INJECTED for each call that failed.</param>
    public string[] Inject(string trace)
    {
        string error = Call == "pwrite64" ? "ENOSPC" : "EIO";
        return
        [
            "strace", "-f", "--seccomp-bpf", "-o", trace, "-e", $"trace={Call}",
            "-e", $"inject={Call}:error={error}:when={Number}", .. Path is null ? (string[])[] : ["-P", Path],
        ];
    }

    /// <summary>Tries whether calls can be made to fail on this machine. Gives the reason if not.</summary>
    public static async Task<string?> UnavailableAsync()
    {
        using TemporaryFolder folder = new("starling-strace-");
        string trace = System.IO.Path.Combine(folder.Path, "trace");
        try
        {
            await using OsProcess process = OsProcess.Start("strace",
                "-f", "--seccomp-bpf", "-o", trace, "-e", "trace=close", "-e", "inject=close:error=EIO:when=1", "true");
            await process.ExitAsync(Timeout);
            bool works = File.Exists(trace) && File.ReadAllText(trace).Contains("INJECTED", StringComparison.Ordinal);
            return works ? null : $"strace cannot make calls fail here: {string.Join(' ', process.Lines)}";
        }
        catch (Win32Exception)
        {
            return "strace is missing (Debian's package strace)";
        }
    }
}
