using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Starling.Actors.Tests.Processes;
using Starling.Actors.Tests.Support;
using Starling.Cluster.Chaos.Harness;
using Starling.Model.Checkpoints;

namespace Starling.Cluster.Tests.Nodes;

/// <summary>Nodes as a user starts them, a process each.</summary>
public sealed class NodeTests(TinyAssets assets) : IDisposable
{
    private const int Terminate = 15, Stop = 19, Continue = 18;
    private const string Endless = "training.steps=100000";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);
    private readonly TestFolder _folder = new();
    private readonly List<StarlingProcess> _started = [];

    private string Run => _folder["run"];

    private EventLogReader EventLog => new(Path.Combine(Run, "events.jsonl"));

    public void Dispose()
    {
        foreach (StarlingProcess process in _started) process.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_node_alone_reaches_the_state_of_a_training()
    {
        using (StarlingProcess train = StarlingProcess.Train(assets, _folder["alone"], NodeSettings.Of(assets)))
            Assert.Equal(0, await train.ExitAsync());
        StarlingProcess node = Start(["--name", "all"]);
        Assert.True(await node.ExitAsync() == 0, string.Join('\n', node.Errors));
        Assert.StartsWith("ready name=all address=akka.tcp://starling@127.0.0.1:", await ReadyAsync(node));
        Assert.Contains($"over outcome=completed step={RunBench.Steps}", node.Output);
        Assert.Equal(await StarlingProcess.HashAsync(_folder["alone"]), await StarlingProcess.HashAsync(Run));
        Assert.Equal(Enumerable.Range(1, RunBench.Steps), StarlingProcess.Events(Run, "committed")
            .Select(e => e.GetProperty("step").GetInt32()));
    }

    [Theory]
    [InlineData("--host 8.8.8.8 is the public address", "--host", "8.8.8.8")]
    [InlineData("--host 0.0.0.0 stands for all addresses", "--host", "0.0.0.0")]
    [InlineData("--seed nowhere", "--seed", "nowhere")]
    [InlineData("there is no role 'trainr'", "--roles", "trainr")]
    public async Task A_mistake_is_one_line_and_exit_code_2(string expected, params string[] words)
    {
        StarlingProcess node = Start(words);
        Assert.Equal(2, await node.ExitAsync());
        Assert.Contains(expected, Assert.Single(node.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_a_mistake()
    {
        string address = AddressOf(await ReadyAsync(Start(["--roles", "supervisor", "--name", "a"])));
        StarlingProcess second = Start(["--name", "b", "--port", address.Split(':')[^1]]);
        Assert.Equal(2, await second.ExitAsync());
        Assert.Contains("cannot listen there", Assert.Single(second.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_of_another_configuration_or_other_data_is_refused_on_both_sides()
    {
        string seed = AddressOf(await ReadyAsync(Start(["--roles", "supervisor", "--name", "first"])));
        StarlingProcess other = Start(["--name", "other", "--roles", "supervisor", "--seed", seed], "seed=7");
        StarlingProcess data = Start(["--name", "data", "--roles", "trainer,loader", "--seed", seed],
            $"data.files={assets.Shards[0]}");
        Assert.Equal((2, 2), (await other.ExitAsync(), await data.ExitAsync()));
        Assert.Contains("this node's configuration is", Assert.Single(other.Errors), StringComparison.Ordinal);
        Assert.Contains("this node's data set is", Assert.Single(data.Errors), StringComparison.Ordinal);
        // The supervisor writes the event log after the fact, not before it.
        foreach (string what in (string[])["configuration", "data set"])
            await EventLog.WaitAsync(e => e.Event == "note" && e.Fields.GetProperty("text").GetString()!
                .Contains($"refused: this node's {what} is", StringComparison.Ordinal), Timeout, what);
    }

    [Fact]
    public async Task A_node_with_another_run_folder_is_refused_and_the_run_goes_on()
    {
        StarlingProcess first = Start(["--name", "first"], Endless);
        string seed = AddressOf(await ReadyAsync(first));
        StarlingProcess other = StarlingProcess.Start(["node", "--name", "other", "--seed", seed,
            "--config", "configs/tiny.json", "--run", _folder["another"],
            "--set", .. NodeSettings.Of(assets), Endless]);
        _started.Add(other);
        Assert.Equal(2, await other.ExitAsync());
        Assert.Contains("this node's run folder is not the run's", Assert.Single(other.Errors), default);
        await EventLog.WaitAsync(e => e.Event == "note" && e.Fields.GetProperty("text").GetString()!
            .Contains("refused: this node's run folder", default), Timeout, "the refusal");
        await EventLog.StepAsync(EventLog.Read().Max(e => e.Step) + 10, Timeout);
        Assert.Single(EventLog.Read().Where(e => e.Event == "generation").SelectMany(e => e.Hosts).Distinct());
        Assert.False(Directory.Exists(Path.Combine(_folder["another"], "checkpoints")));
    }

    /// <summary>Without TLS anybody's messages arrive, but these are not on the list.</summary>
    [Fact]
    public async Task Akka_s_orders_to_end_are_refused_and_the_run_goes_on()
    {
        StarlingProcess node = Start(["--name", "first"], Endless);
        string ready = await ReadyAsync(node);
        EventLogReader own = new(Path.Combine(Run, "events-first.jsonl"));
        using (Stranger stranger = new())
        {
            stranger.Poison(ready.Split(' ')[2]["address=".Length..]);
            // Each of the four paths was sent two.
            await own.WaitAsync(_ => own.Read().Count(e => e.Event == "log" && IsRefusal(e)) >= 8, Timeout, "refusals");
        }
        await EventLog.StepAsync(EventLog.Read().Max(e => e.Step) + 10, Timeout);
        node.Signal(Terminate);
        Assert.Equal(0, await node.ExitAsync());

        static bool IsRefusal(Entry e) =>
            e.Fields.GetProperty("text").GetString()!.Contains("Deserialization failed", default);
    }

    [Fact]
    public async Task A_folder_of_nodes_is_no_place_for_a_training_and_a_name_is_one_node_s()
    {
        await ReadyAsync(Start(["--roles", "supervisor", "--name", "first"]));
        using StarlingProcess train = StarlingProcess.Train(assets, Run);
        Assert.Equal(2, await train.ExitAsync());
        Assert.Contains("in use by node first of a cluster", Assert.Single(train.Errors), StringComparison.Ordinal);
        StarlingProcess twin = Start(["--name", "first"]);
        await twin.LineAsync(l => l.Contains("waiting up to 120 s", StringComparison.Ordinal));
        twin.Signal(StarlingProcess.Interrupt);
        Assert.Equal(130, await twin.ExitAsync());
    }

    [Fact]
    public async Task A_node_takes_over_the_name_of_a_process_that_ends()
    {
        StarlingProcess first = Start(["--roles", "supervisor", "--name", "first"]);
        await ReadyAsync(first);
        StarlingProcess twin = Start(["--roles", "supervisor", "--name", "first"]);
        await twin.LineAsync(l => l.Contains("waiting up to 120 s", StringComparison.Ordinal));
        first.Signal(StarlingProcess.Kill);
        Assert.Contains("name=first", await ReadyAsync(twin));
    }

    [Fact]
    public async Task A_seed_that_does_not_exist_is_a_mistake_and_one_of_several_is_left_out()
    {
        const string Typo = "nosuch.invalid:4000";
        SocketException unknown = await Assert.ThrowsAsync<SocketException>(
            () => Dns.GetHostAddressesAsync(Typo[..Typo.IndexOf(':')], TestContext.Current.CancellationToken));
        Assert.SkipUnless(unknown.SocketErrorCode == SocketError.HostNotFound,
            $"this machine's name service does not say that there is no such host, but: {unknown.Message}");
        StarlingProcess lost = Start(["--name", "lost", "--seed", Typo]);
        Assert.Equal(2, await lost.ExitAsync());
        Assert.Contains($"--seed {Typo}: there is no such host", Assert.Single(lost.Errors), StringComparison.Ordinal);
        string seed = AddressOf(await ReadyAsync(Start(["--roles", "supervisor", "--name", "first"])));
        StarlingProcess second = Start(["--roles", "supervisor", "--name", "second", "--seed", $"{Typo},{seed}"]);
        await ReadyAsync(second);
        Assert.Contains(
            second.Output, l => l.StartsWith($"--seed {Typo}: there is no such host", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_joins_by_a_name_and_is_known_by_its_address()
    {
        string first = await ReadyAsync(Start(["--roles", "supervisor", "--name", "first", "--host", "localhost"]));
        string port = AddressOf(first).Split(':')[^1];
        StarlingProcess second = Start(["--roles", "supervisor", "--name", "second", "--seed", $"localhost:{port}"]);
        Assert.Contains("@127.0.0.1:", first, StringComparison.Ordinal);
        await ReadyAsync(second);
        (int code, IReadOnlyList<string> text, IReadOnlyList<string> errors) =
            await StarlingProcess.RunAsync("status", "--node", $"localhost:{port}");
        Assert.True(code == 0, string.Join('\n', errors));
        Assert.Contains(text, line => line.Contains($"127.0.0.1:{port}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_status_is_told_by_every_node()
    {
        StarlingProcess first = Start(["--roles", "supervisor", "--name", "first"]);
        string seed = AddressOf(await ReadyAsync(first));
        StarlingProcess second = Start(["--roles", "loader", "--name", "second", "--seed", seed],
            "data.tokenizeOn=loader");
        string address = AddressOf(await ReadyAsync(second));
        JsonElement status;
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            (int exitCode, IReadOnlyList<string> output, IReadOnlyList<string> errors) =
                await StarlingProcess.RunAsync("status", "--node", address, "--json");
            status = exitCode == 0 ? JsonDocument.Parse(string.Join('\n', output)).RootElement : default;
            // Until it answers, and the supervisor has heard of the loader.
            if (exitCode == 0 && status.GetProperty("run") is { ValueKind: JsonValueKind.Object } run &&
                run.GetProperty("loaders").GetArrayLength() > 0 && run.GetProperty("nodes").GetArrayLength() >= 2)
                break;
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Timeout,
                string.Join('\n', [.. output, .. errors]));
        }
        Assert.Equal("second", status.GetProperty("node").GetString());
        Assert.Equal(["loader", "supervisor"], status.GetProperty("members").EnumerateArray()
            .Select(m => m.GetProperty("roles")[0].GetString()).Order());
        Assert.Equal("gathering", status.GetProperty("run").GetProperty("phase").GetString());

        (_, IReadOnlyList<string> text, _) = await StarlingProcess.RunAsync("status", "--node", address);
        Assert.Contains(text, line => line.StartsWith("waiting for", StringComparison.Ordinal));
        Assert.Contains(text, line => line.Contains(seed, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_trainer_that_is_terminated_stores_what_it_did_and_leaves()
    {
        string seed = AddressOf(await ReadyAsync(Start(["--roles", "supervisor", "--name", "first"],
            Endless)));
        StarlingProcess trainer = Start(["--roles", "trainer,loader", "--name", "trainer", "--seed", seed],
            Endless);
        await trainer.StepAsync(2);
        trainer.Signal(Terminate);
        Assert.Equal(0, await trainer.ExitAsync());
        long stored = new CheckpointStore(CheckpointPaths.Of(Run)).Latest()!.Step;
        // The supervisor writes the event log after the fact, not before it.
        await EventLog.StepAsync(stored, Timeout);
        Assert.Equal(stored, EventLog.Read().Last(e => e.Event == "committed").Step);
    }

    [Fact]
    public async Task A_node_that_slept_for_longer_than_its_lease_ends_to_be_started_again()
    {
        StarlingProcess node = Start(["--name", "sleeper"], Endless, "cluster.leaseSeconds=5");
        await ReadyAsync(node);
        node.Signal(Stop);
        await Task.Delay(TimeSpan.FromSeconds(8), TestContext.Current.CancellationToken); // what is tested, no wait
        node.Signal(Continue);
        int code = await node.ExitAsync();
        Assert.True(code == 75, string.Join('\n', [$"exit code {code}", .. node.Output, .. node.Errors]));
        Assert.Contains(node.Output, line => line.Contains("slept for", StringComparison.Ordinal));
    }

    private StarlingProcess Start(string[] words, params string[] settings)
    {
        StarlingProcess node = StarlingProcess.Start(["node", .. words, "--config", "configs/tiny.json", "--run", Run,
            "--set", .. NodeSettings.Of(assets), .. settings]);
        _started.Add(node);
        return node;
    }

    private static Task<string> ReadyAsync(StarlingProcess node) =>
        node.LineAsync(line => line.StartsWith("ready ", StringComparison.Ordinal));

    private static string AddressOf(string ready) =>
        ready.Split(' ')[2]["address=akka.tcp://starling@".Length..];
}
