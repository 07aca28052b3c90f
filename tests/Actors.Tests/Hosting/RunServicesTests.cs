using Starling.Actors.Configuration;
using Starling.Actors.Hosting;
using Starling.Actors.Runs;
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
        using FileStream alone = File.Open(EventLogPath, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
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
        await using (await OpenAsync())
            Assert.Throws<IOException>(() => File.Open(
                EventLogPath, FileMode.Open, FileAccess.ReadWrite, FileShare.None));
        using FileStream alone = File.Open(EventLogPath, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }

    private Task<RunServices> OpenAsync(params string[] settings)
    {
        StarlingOptions options =
            StarlingConfiguration.Read("configs/tiny.json", [.. RunBench.Settings(assets), .. settings]);
        return RunServices.OpenAsync(RunContext.Open(options, _folder.Path), "-a",
            TestConsole.Of(TextWriter.Null, ansi: false), TimeProvider.System);
    }
}
