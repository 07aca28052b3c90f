using System.Text.Json;
using Starling.Actors.Collectives.Gloo;
using Starling.Actors.Tests.Processes;
using Starling.Actors.Tests.Support;

namespace Starling.Cluster.Tests.Nodes;

/// <summary>Nodes that cannot work end alone, with a reason and an exit code; the run goes on.</summary>
public sealed class NodeFaultTests(TinyAssets assets) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);
    private readonly TestFolder _folder = new();
    private readonly List<StarlingProcess> _started = [];

    private string Run => _folder["run"];

    public void Dispose()
    {
        foreach (StarlingProcess process in _started) process.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Nodes_that_cannot_work_end_with_2_before_they_join_and_the_run_goes_on()
    {
        SkipWithoutGloo();
        string seed = await SeedAsync(Start("first", "supervisor"));
        StarlingProcess nowhere = Start("nowhere", "trainer,loader", seed, "cluster.collectiveHost=nowhere.invalid");
        StarlingProcess elsewhere = Start("elsewhere", "trainer,loader", seed, "cluster.collectiveHost=192.0.2.1",
            "cluster.allowPublicAddress=true");
        StarlingProcess without = Start("without", "trainer,loader", seed, $"tokenizer.path={_folder["none"]}");
        await EndsWith2Async(nowhere, "cluster.collectiveHost = nowhere.invalid");
        await EndsWith2Async(elsewhere, "192.0.2.1");
        await EndsWith2Async(without, "tokenizer.path");
        await CompletesAsync(Start("good", "trainer,loader", seed));
    }

    /// <summary>
    /// The trainers have joined and wait for a loader. The tokenizer of one of them is deleted, then a loader comes.
    /// </summary>
    [Fact]
    public async Task A_trainer_whose_tokenizer_vanishes_leaves_with_75_and_its_reason_and_the_others_go_on()
    {
        SkipWithoutGloo();
        const string onLoader = "data.tokenizeOn=loader";
        string copy = _folder["tokenizer.safetensors"];
        File.Copy(assets.Tokenizer, copy);
        string seed = await SeedAsync(Start("first", "supervisor", null, onLoader));
        StarlingProcess good = Start("good", "trainer", seed, onLoader);
        StarlingProcess bad = Start("bad", "trainer", seed, onLoader, $"tokenizer.path={copy}");
        await TrainersAsync(seed, 2);
        File.Delete(copy);
        StarlingProcess loader = Start("loader", "loader", seed, onLoader);
        Assert.Equal(75, await bad.ExitAsync());
        string leaving = Assert.Single(
            bad.Output, line => line.StartsWith("the run goes on without node bad", StringComparison.Ordinal));
        Assert.Contains(copy, leaving, StringComparison.Ordinal);
        await CompletesAsync(good);
        Assert.Equal(0, await loader.ExitAsync());
    }

    private static void SkipWithoutGloo()
    {
        string? gloo = new GlooEngine().Unavailable;
        Assert.SkipWhen(gloo is not null, gloo ?? "");
    }

    private static async Task EndsWith2Async(StarlingProcess node, string reason)
    {
        Assert.Equal(2, await node.ExitAsync());
        Assert.Contains(reason, Assert.Single(node.Errors), StringComparison.Ordinal);
    }

    /// <summary>All nodes that are left end well, with the state of a training without faults.</summary>
    private async Task CompletesAsync(StarlingProcess trainer)
    {
        Assert.True(await trainer.ExitAsync() == 0, string.Join('\n', [.. trainer.Output, .. trainer.Errors]));
        Assert.Equal(0, await _started[0].ExitAsync());
        Assert.Contains($"over outcome=completed step={RunBench.Steps}", trainer.Output);
        using StarlingProcess train = StarlingProcess.Train(assets, _folder["alone"], NodeSettings.Of(assets));
        Assert.Equal(0, await train.ExitAsync());
        Assert.Equal(await StarlingProcess.HashAsync(_folder["alone"]), await StarlingProcess.HashAsync(Run));
    }

    /// <summary>Waits until the supervisor has heard of so many trainers.</summary>
    private static async Task TrainersAsync(string seed, int count)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            (int exitCode, IReadOnlyList<string> output, _) =
                await StarlingProcess.RunAsync("status", "--node", seed, "--json");
            JsonElement status = exitCode == 0 ? JsonDocument.Parse(string.Join('\n', output)).RootElement : default;
            if (exitCode == 0 && status.GetProperty("run") is { ValueKind: JsonValueKind.Object } run &&
                run.GetProperty("trainers").GetArrayLength() == count) return;
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Timeout, string.Join('\n', output));
        }
    }

    private StarlingProcess Start(string name, string roles, string? seed = null, params string[] settings)
    {
        StarlingProcess node = StarlingProcess.Start(["node", "--name", name, "--roles", roles,
            .. seed is null ? (string[])[] : ["--seed", seed], "--config", "configs/tiny.json", "--run", Run,
            "--set", .. NodeSettings.Of(assets), .. settings]);
        _started.Add(node);
        return node;
    }

    private static async Task<string> SeedAsync(StarlingProcess node) =>
        (await node.LineAsync(line => line.StartsWith("ready ", StringComparison.Ordinal)))
            .Split(' ')[2]["address=akka.tcp://starling@".Length..];
}
