using System.Net;
using System.Text.Json.Nodes;

namespace Starling.Actors.Tests.Page;

public sealed class RunPageTests
{
    [Theory]
    [InlineData("", "text/html")]
    [InlineData("page.js", "text/javascript")]
    [InlineData("page.css", "text/css")]
    [InlineData("uplot.js", "text/javascript")]
    [InlineData("uplot.css", "text/css")]
    [InlineData("icon.svg", "image/svg+xml")]
    public async Task Serves_its_files_and_says_if_a_browser_has_the_newest(string path, string type)
    {
        await using PageBench bench = await PageBench.StartAsync();
        using HttpResponseMessage first = await bench.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(type, first.Content.Headers.ContentType?.MediaType);
        Assert.NotEmpty(await first.Content.ReadAsByteArrayAsync());

        using HttpRequestMessage again = new(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using HttpResponseMessage second = await bench.Client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("api/run")]
    [InlineData("metrics")]
    [InlineData("nothing")]
    [InlineData("samples/nothing.png")]
    public async Task Every_answer_forbids_what_comes_from_elsewhere(string path)
    {
        await using PageBench bench = await PageBench.StartAsync();
        using HttpResponseMessage answer = await bench.Client.GetAsync(path);
        Assert.StartsWith("default-src 'self'", answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("api/run")]
    [InlineData("api/events")]
    [InlineData("samples/00000005-student.png")]
    public async Task Nothing_can_be_changed(string path)
    {
        await using PageBench bench = await PageBench.StartAsync();
        foreach (HttpMethod method in new[] { HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete })
        {
            using HttpRequestMessage request = new(method, path);
            using HttpResponseMessage answer = await bench.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Tells_of_a_run_what_its_folder_does_and_nothing_else()
    {
        await using PageBench bench = await PageBench.StartAsync();
        JsonNode before = await RunAsync(bench);
        Assert.Equal("starting", before["state"]!.GetValue<string>());
        Assert.Null(before["stepAt"]);
        Assert.Null(before["goodput"]);
        Assert.Null(before["pace"]);

        bench.Write(
            PageBench.Line("generation", 0, 0, """ "hosting":{"trainer-1":[0,1,2,3]} """),
            PageBench.Line("phase", 1, 0, """ "phase":"running" """),
            PageBench.Step(1, 5), PageBench.Step(2, 4), PageBench.Step(3, 3),
            PageBench.Line("checkpoint", 4, 3, """ "checkpoint":3 """),
            PageBench.Line("note", 5, 3, """ "text":"trainer <b>x</b> is lost" """));
        bench.WriteFile("times.json", """{"seconds":{"productive":3,"exchange":1}}""");
        JsonNode run = await RunAsync(bench);
        Assert.Equal(PageBench.HostileName, run["name"]!.GetValue<string>());
        Assert.Equal("training", run["state"]!.GetValue<string>());
        Assert.Equal(3, run["step"]!.GetValue<long>());
        Assert.Equal(300, run["steps"]!.GetValue<long>());
        Assert.Equal(1.0, run["pace"]!.GetValue<double>(), 6);
        Assert.Equal(0.75, run["goodput"]!.GetValue<double>(), 6);
        Assert.Equal(3, run["checkpoints"]![0]!["step"]!.GetValue<long>());
        Assert.Equal("trainer <b>x</b> is lost", run["faults"]![0]!["text"]!.GetValue<string>());
        Assert.Equal("0-3", run["generations"]![0]!["hosting"]!["trainer-1"]!.GetValue<string>());
        Assert.Equal(new FileInfo(bench.EventLog).Length, run["offset"]!.GetValue<long>());

        JsonNode curves = JsonNode.Parse(await bench.Client.GetStringAsync("api/curves?points=600"))!;
        Assert.Equal("[1,2,3]", curves["steps"]!.ToJsonString());
        Assert.Equal("[5,4,3]", curves["series"]!["loss"]!.ToJsonString());
    }

    [Fact]
    public async Task Shows_evaluations_and_their_pictures()
    {
        await using PageBench bench = await PageBench.StartAsync();
        Assert.Equal("[]", await bench.Client.GetStringAsync("api/evaluations"));
        foreach (int step in new[] { 5, 10, 15, 20 })
            bench.WriteFile($"evaluations/{step}.json", $$"""
                {"step":{{step}},"stateHash":"h","anchors":{"noise":9,"reconstruction":0.5},"results":[{"step":{{step}},
                 "weights":"student","featureNetwork":"n","samples":9,"frechetDistance":2.5,
                 "probe":[{"step":8,"accuracy":0.25}],"chanceLevel":0.1}]}
                """);
        bench.WriteFile("evaluations/25.json", "{ torn");
        bench.WriteFile("samples/00000020-student.png", "picture");
        JsonArray all = JsonNode.Parse(await bench.Client.GetStringAsync("api/evaluations"))!.AsArray();
        Assert.Equal("5 10 15 20", string.Join(' ', all.Select(e => e!["step"]!.GetValue<long>())));
        JsonNode newest = all[3]!["weights"]!["student"]!;
        Assert.Equal(2.5, newest["distance"]!.GetValue<double>());
        Assert.Equal("[[8,0.25]]", newest["probe"]!.ToJsonString());
        Assert.Equal("[]", all[1]!["weights"]!["student"]!["probe"]!.ToJsonString());
        Assert.Equal("00000020-student.png", newest["picture"]!.GetValue<string>());
        Assert.Equal("picture", await bench.Client.GetStringAsync("samples/00000020-student.png"));
    }

    [Theory]
    [InlineData("secret.png")]
    [InlineData("00000005-student.txt")]
    [InlineData("00000005-student.png.png")]
    [InlineData("..%2F00000005-student.png")]
    [InlineData("%2e%2e%2fevents.jsonl")]
    [InlineData("00000005-student.png%0A")]
    [InlineData("00000005-link.png")]
    public async Task Serves_no_file_but_sample_grids(string name)
    {
        await using PageBench bench = await PageBench.StartAsync();
        bench.WriteFile("samples/secret.png", "secret");
        bench.WriteFile("00000005-student.png", "secret");
        bench.WriteFile("samples/00000005-student.txt", "secret");
        bench.WriteFile("samples/00000005-student.png.png", "secret");
        bench.Write(PageBench.Step(1, 1));
        File.CreateSymbolicLink(
            Path.Combine(Path.GetDirectoryName(bench.EventLog)!, "samples", "00000005-link.png"), bench.EventLog);
        using HttpResponseMessage answer = await bench.Client.GetAsync("samples/" + name);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static async Task<JsonNode> RunAsync(PageBench bench) =>
        JsonNode.Parse(await bench.Client.GetStringAsync("api/run"))!;
}
