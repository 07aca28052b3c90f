using System.Diagnostics;

namespace Starling.Actors.LocalCluster;

/// <summary>A process that lives no longer than this one, whose lines are read and which is told lines.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;

    private ChildProcess(Process process, Task<int> exited)
    {
        _process = process;
        Exited = exited;
    }

    public int Id => _process.Id;

    /// <summary>The exit code, after the last line of output.</summary>
    public Task<int> Exited { get; }

    /// <summary>Starts this program once more.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="output">Given each line of standard output.</param>
    /// <param name="error">Given each line of standard error.</param>
    public static ChildProcess Start(IEnumerable<string> arguments, Action<string> output, Action<string> error)
    {
        ProcessStartInfo start = new()
        {
            FileName = Environment.ProcessPath!,
            RedirectStandardInput = true, // its end tells the child of ours
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Started by the dotnet command, the program is its first argument.
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        Process process = new() { StartInfo = start };
        process.OutputDataReceived += (_, line) => Heard(output, line.Data);
        process.ErrorDataReceived += (_, line) => Heard(error, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ChildProcess(process, ExitAsync(process));
    }

    /// <summary>Writes a line to its standard input, if it still reads.</summary>
    public void Tell(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has just ended: that is seen elsewhere.
        }
    }

    /// <summary>Ends it at once (SIGKILL).</summary>
    public void Kill() => _process.Kill();

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private static void Heard(Action<string> reader, string? line)
    {
        if (line is not null) reader(line);
    }

    private static async Task<int> ExitAsync(Process process)
    {
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
