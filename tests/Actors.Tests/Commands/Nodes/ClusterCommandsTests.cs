using Starling.Actors.Hosting.Processes;
using Starling.Actors.Protocol;

namespace Starling.Actors.Tests.Commands.Nodes;

public sealed class ClusterCommandsTests
{
    private readonly CommandRunner _runner = new();

    [Fact]
    public async Task A_node_is_told_what_it_does_and_whom_to_join()
    {
        Assert.Equal(ExitCodes.Success, await _runner.RunAsync("node", "--roles", "trainer,loader",
            "--host", "10.0.0.5",
            "--port", "4000", "--seed", "10.0.0.1:4000,10.0.0.2:4000", "--name", "gpu-7", "--config",
            "configs/tiny.json", "--run", "shared/run"));
        NodeRequest request = _runner.Node!;
        Assert.Equal([NodeRole.Trainer, NodeRole.Loader], request.Roles);
        Assert.Equal(["10.0.0.1:4000", "10.0.0.2:4000"], request.Seeds);
        Assert.Equal(("gpu-7", "10.0.0.5", 4000, "shared/run", false),
            (request.Name, request.Host, request.Port, request.RunFolder, request.Managed));
    }

    [Fact]
    public async Task A_node_that_is_told_nothing_does_everything_and_begins_a_cluster_on_loopback()
    {
        await _runner.RunAsync("node", "--config", "configs/tiny.json");
        NodeRequest request = _runner.Node!;
        Assert.Equal(NodeRole.All, request.Roles);
        Assert.Empty(request.Seeds);
        Assert.Equal(("127.0.0.1", 0, Path.Combine("runs", "tiny")), (request.Host, request.Port, request.RunFolder));
    }

    [Theory]
    [InlineData("did you mean trainer", "--roles", "trainr")]
    [InlineData("--roles", "--roles", ",")]
    [InlineData("--port 70000", "--port", "70000")]
    [InlineData("--name a/b", "--name", "a/b")]
    public async Task A_wrong_word_is_one_line(string named, params string[] words)
    {
        Assert.Equal(ExitCodes.UserError, await _runner.RunAsync(["node", "--config", "configs/tiny.json", .. words]));
        Assert.Contains(named, Assert.Single(_runner.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_is_told_how_many_of_each()
    {
        Assert.Equal(ExitCodes.Success, await _runner.RunAsync("cluster", "--trainers", "3", "--loaders", "0",
            "--config", "configs/tiny.json", "--set", "seed=7"));
        Assert.Equal((2, 3, 0, 1), (_runner.Cluster!.Supervisors, _runner.Cluster.Trainers, _runner.Cluster.Loaders,
            _runner.Cluster.Evaluators));
        Assert.Equal(["seed=7"], _runner.Cluster.Overrides);
    }

    [Fact]
    public async Task A_cluster_without_a_supervisor_is_none()
    {
        Assert.Equal(ExitCodes.UserError, await _runner.RunAsync("cluster", "--supervisors", "0"));
        Assert.Contains("--supervisors", Assert.Single(_runner.ErrorLines), StringComparison.Ordinal);
    }
}
