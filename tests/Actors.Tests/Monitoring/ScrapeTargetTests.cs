using System.Net;
using Starling.Actors.Monitoring;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Monitoring;

public sealed class ScrapeTargetTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_node_s_file_is_in_the_format_of_Prometheus()
    {
        Target("gpu-1", "http://0.0.0.0:8081/").Write(_folder.Path);
        Assert.Equal(
            """[{"targets":["10.0.0.3:8081"],"labels":{"run":"r1","node":"gpu-1","roles":"trainer,loader"}}]""",
            File.ReadAllText(_folder["targets/gpu-1.json"]));
        Assert.Equal("gpu-1.json", Path.GetFileName(Assert.Single(Directory.GetFiles(_folder["targets"]))));
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080/", "127.0.0.1:8080")]
    [InlineData("http://10.1.2.3:9/", "10.1.2.3:9")]
    [InlineData("http://[::]:8080/", "10.0.0.3:8080")]
    [InlineData("http://[::1]:8080/", "[::1]:8080")]
    public void Metrics_are_at_the_node_s_address_only_if_they_are_served_on_all(string served, string expected) =>
        Assert.Equal(expected, Assert.Single(Target("gpu-1", served).Targets));

    [Fact]
    public void All_nodes_targets_come_together_and_what_cannot_be_read_is_left_out()
    {
        Assert.Equal("[]", ScrapeTarget.All(_folder.Path));
        Target("b", "http://127.0.0.1:2/").Write(_folder.Path);
        Target("a", "http://127.0.0.1:1/").Write(_folder.Path);
        File.WriteAllText(_folder["targets/c.json"], "[{\"targets\":");
        File.WriteAllText(_folder["targets/d.json"], "[null]");
        File.WriteAllText(_folder["targets/e.json"], "[{\"targets\":[\"x\"]}]");
        Assert.Equal(
            """[{"targets":["127.0.0.1:1"],"labels":{"run":"r1","node":"a","roles":"trainer,loader"}},""" +
            """{"targets":["127.0.0.1:2"],"labels":{"run":"r1","node":"b","roles":"trainer,loader"}}]""",
            ScrapeTarget.All(_folder.Path));
    }

    [Fact]
    public void A_node_that_ends_does_not_take_its_successor_s_file_away()
    {
        ScrapeTarget first = Target("a", "http://127.0.0.1:1/"), next = Target("a", "http://127.0.0.1:2/");
        first.Write(_folder.Path);
        next.Write(_folder.Path);
        first.Delete(_folder.Path);
        Assert.Single(Directory.GetFiles(_folder["targets"]));
        next.Delete(_folder.Path);
        Assert.Empty(Directory.GetFiles(_folder["targets"]));
    }

    private static ScrapeTarget Target(string node, string served) =>
        ScrapeTarget.Of("r1", node, ["trainer", "loader"], IPAddress.Parse("10.0.0.3"), new Uri(served));
}
