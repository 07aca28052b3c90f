using System.Net;
using Starling.Actors.Page;

namespace Starling.Actors.Tests.Page;

public sealed class EventStreamTests
{
    [Fact]
    public async Task A_listener_that_comes_back_gets_what_it_has_missed()
    {
        await using PageBench bench = await PageBench.StartAsync();
        bench.Write(Note("before"));
        long first;
        using (StreamReader stream = await bench.ListenAsync("?from=0"))
        {
            (first, string name, string data) = await PageBench.NextAsync(stream);
            Assert.Equal("line", name);
            Assert.Contains("before", data);
            Assert.Equal(new FileInfo(bench.EventLog).Length, first);
        }
        bench.Write(Note("one"), Note("two"));
        using StreamReader again = await bench.ListenAsync("?from=0", lastId: first);
        Assert.Contains("one", (await PageBench.NextAsync(again)).Data);
        bench.Write(Note("three"));
        Assert.Contains("two", (await PageBench.NextAsync(again)).Data);
        (long id, _, string last) = await PageBench.NextAsync(again);
        Assert.Contains("three", last);
        Assert.Equal(new FileInfo(bench.EventLog).Length, id);
    }

    [Fact]
    public async Task A_listener_without_a_place_hears_what_comes_from_now_on()
    {
        await using PageBench bench = await PageBench.StartAsync();
        bench.Write(Note("before"));
        using StreamReader stream = await bench.ListenAsync();
        Assert.Equal("retry: 1000", await stream.ReadLineAsync());
        bench.Write(Note("after"));
        Assert.Contains("after", (await PageBench.NextAsync(stream)).Data);
    }

    [Fact]
    public async Task A_listener_whose_place_is_not_in_the_file_begins_anew()
    {
        await using PageBench bench = await PageBench.StartAsync();
        bench.Write(Note("a"));
        using StreamReader stream = await bench.ListenAsync(lastId: 1_000_000);
        (long id, string name, _) = await PageBench.NextAsync(stream);
        Assert.Equal(("reset", new FileInfo(bench.EventLog).Length), (name, id));
    }

    [Fact]
    public async Task Of_steps_that_come_faster_the_last_is_sent()
    {
        await using PageBench bench = await PageBench.StartAsync();
        bench.Write([.. Enumerable.Range(1, 50).Select(step => PageBench.Step(step, 1))]);
        using StreamReader stream = await bench.ListenAsync("?from=0");
        (_, string name, string data) = await PageBench.NextAsync(stream);
        Assert.Equal("step", name);
        Assert.Contains("\"step\":50", data);

        // The clock stands still: no further step is sent, but everything else is.
        bench.Write(PageBench.Step(51, 1), Note("meanwhile"), PageBench.Step(52, 1));
        Assert.Contains("meanwhile", (await PageBench.NextAsync(stream)).Data);
        bench.Time.Advance(0.25);
        (long id, _, string later) = await PageBench.NextAsync(stream);
        Assert.Contains("\"step\":52", later);
        Assert.Equal(new FileInfo(bench.EventLog).Length, id);
    }

    [Fact]
    public async Task One_listener_too_many_is_refused_until_another_goes()
    {
        await using PageBench bench = await PageBench.StartAsync();
        List<StreamReader> streams = [];
        for (int i = 0; i < EventStream.MostListeners; i++) streams.Add(await bench.ListenAsync());
        using (HttpResponseMessage refused = await bench.Client.GetAsync("api/events"))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("\"name\"", await bench.Client.GetStringAsync("api/run"));

        streams[0].Dispose();
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        HttpStatusCode status;
        do
        {
            using HttpResponseMessage answer = await bench.Client.GetAsync(
                "api/events", HttpCompletionOption.ResponseHeadersRead, limit.Token);
            status = answer.StatusCode;
        } while (status != HttpStatusCode.OK);
        foreach (StreamReader stream in streams) stream.Dispose();
    }

    private static string Note(string text) => PageBench.Line("note", 0, 0, $"\"text\":\"{text}\"");
}
