using System.Diagnostics;

namespace Starling.Actors.LocalCluster;

/// <summary>
/// A child process of this program. Its output is read line by line and it gets lines as input. It ends when this
/// program ends, because its standard input ends then.
/// </summary>
internal sealed class ChildProcess : IMemberProcess
{
    private readonly Process _process;

    private ChildProcess(Process process, Task<int> exited)
    {
        _process = process;
        Exited = exited;
    }

    /// <inheritdoc/>
    public int Id => _process.Id;

    /// <inheritdoc/>
    public Task<int> Exited { get; }

    /// <summary>Starts this program once more; see <see cref="MemberStart"/>.</summary>
    /// <param name="arguments">The arguments of the new process.</param>
    /// <param name="output">Called with each line of standard output.</param>
    /// <param name="error">Called with each line of standard error.</param>
    public static ChildProcess Start(IEnumerable<string> arguments, Action<string> output, Action<string> error)
    {
        ProcessStartInfo start = new()
        {
            FileName = Environment.ProcessPath!,
            RedirectStandardInput = true, // when this process ends, so does the input, and the child notices
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // If the dotnet command runs this program, the program's file is the first argument of the command.
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        Process process = new() { StartInfo = start };
        process.OutputDataReceived += (_, line) => PassLine(output, line.Data);
        process.ErrorDataReceived += (_, line) => PassLine(error, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ChildProcess(process, ExitAsync(process));
    }

    /// <inheritdoc/>
    public void Tell(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // The process has just ended. The manager learns that from Exited.
        }
    }

    /// <inheritdoc/>
    public void Kill() => _process.Kill();

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private static void PassLine(Action<string> reader, string? line)
    {
        if (line is not null) reader(line);
    }

    private static async Task<int> ExitAsync(Process process)
    {
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
