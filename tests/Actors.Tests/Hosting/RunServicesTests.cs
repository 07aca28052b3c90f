using Starling.Actors.Configuration;
using Starling.Actors.Hosting;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Actors.Runs.Events;
using Starling.Actors.Tests.Support;
using Starling.Data;

namespace Starling.Actors.Tests.Hosting;

public sealed class RunServicesTests(TinyAssets assets) : IDisposable
{
    private readonly TestFolder _folder = new();

    private string EventLogPath => _folder["events-a.jsonl"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_metrics_address_that_cannot_be_had_is_named_and_leaves_no_file_open()
    {
        // An address for documentation (RFC 5737), which no machine has.
        StarlingException e = await Assert.ThrowsAsync<StarlingException>(() => OpenAsync("monitor.host=203.0.113.1"));
        Assert.Contains("monitor.host = 203.0.113.1", e.Message);
        Assert.False(IsOpen(EventLogPath));
    }

    [Fact]
    public async Task An_event_log_that_cannot_be_written_is_named()
    {
        Directory.CreateDirectory(EventLogPath);
        StarlingException e = await Assert.ThrowsAsync<StarlingException>(() => OpenAsync());
        Assert.Contains(EventLogPath, e.Message);
    }

    [Fact]
    public async Task What_was_opened_is_closed_again()
    {
        await using (await OpenAsync()) Assert.True(IsOpen(EventLogPath));
        Assert.False(IsOpen(EventLogPath));
    }

    [Fact]
    public async Task The_last_line_of_the_run_s_log_is_written_before_the_process_ends()
    {
        string path = _folder["events.jsonl"];
        await using (RunServices services = await OpenAsync())
        {
            EventLog log = services.Node("a", [], "", force: false).OpenEventLog(path);
            for (int i = 0; i < 1000; i++) log.Write("step", i, 1);
        }
        Assert.Equal(1000, File.ReadAllLines(path).Length);
        Assert.False(IsOpen(path));
    }

    private static bool IsOpen(string path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere the system does not tell which files are open");
        return Directory.EnumerateFiles("/proc/self/fd")
            .Any(file => new FileInfo(file).LinkTarget == path);
    }

    private Task<RunServices> OpenAsync(params string[] settings)
    {
        StarlingOptions options =
            StarlingConfiguration.Read("configs/tiny.json", [.. RunBench.Settings(assets), .. settings]);
        return RunServices.OpenAsync(RunContext.Open(options, _folder.Path), "a", NodeRole.All,
            TestConsole.Of(TextWriter.Null, ansi: false), TimeProvider.System);
    }
}
