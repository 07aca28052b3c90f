using System.Globalization;
using System.Security.Cryptography;
using Starling.Actors.Collectives;
using Starling.Actors.Collectives.Gloo;
using Starling.Actors.Tests.Collectives;
using Starling.Model.Replicas;

namespace Starling.Cluster.Peer;

/// <summary>
/// Performs a test's commands. Collective calls block, so they are made on a thread for each, and what ends them
/// (<c>abort</c>) comes in meanwhile.
/// </summary>
internal sealed class TrainerEnd(TextWriter answers) : IDisposable
{
    private static readonly string Plan = new('a', 64);

    private readonly GlooEngine _engine = new();
    private ICollectiveGroup? _group;

    /// <summary>
    /// <c>bind GENERATION RANK SIZE TIMEOUT</c>, <c>connect ADDRESS,…</c>, <c>sum HOSTING LENGTH BUCKET SEED</c>,
    /// <c>repeat</c> with the same arguments until it fails, with an answer after the first time as well, <c>abort</c>.
    /// </summary>
    public void Perform(string[] command)
    {
        switch (command[0])
        {
            case "bind":
                _group?.Dispose();
                _group = _engine.Bind(new GroupMember(Number(command[1]), Number(command[2]), Number(command[3])),
                    new CollectiveOptions
                    {
                        ConnectTimeout = TimeSpan.FromMinutes(1),
                        OperationTimeout = TimeSpan.FromSeconds(Number(command[4])),
                    });
                Answer(Convert.ToBase64String(_group.EngineAddress));
                break;
            case "connect":
                byte[][] engineAddresses = [.. command[1].Split(',').Select(Convert.FromBase64String)];
                Start(() =>
                {
                    _group!.Connect(engineAddresses, Plan);
                    return "connected";
                });
                break;
            case "sum":
                Start(() => Sum(Parse(command)));
                break;
            case "repeat":
                Start(() => Repeat(Parse(command)));
                break;
            case "abort":
                _group!.Abort("told to");
                break;
            default:
                Answer($"unknown command {command[0]}");
                break;
        }
    }

    public void Dispose() => _group?.Dispose();

    private string Sum(RandomExchange exchange)
    {
        (byte[] sum, byte[] keys) = exchange.InCluster(_group!);
        return Convert.ToHexStringLower(SHA256.HashData([.. sum, .. keys]));
    }

    /// <summary>
    /// Does nothing but exchange: whenever something happens to a process, it happens in the middle of one.
    /// </summary>
    private string Repeat(RandomExchange exchange)
    {
        using ReplicaSum hosted = exchange.Hosted(_group!.Member.Rank);
        using ClusterExchange cluster = new(_group, exchange.Hosting, TimeProvider.System, exchange.Bucket);
        cluster.Sum(hosted);
        Answer("started");
        while (true) cluster.Sum(hosted);
    }

    private void Start(Func<string> work) => new Thread(() =>
    {
        try
        {
            using var scope = TorchSharp.torch.NewDisposeScope();
            Answer(work());
        }
        catch (CollectiveException e)
        {
            Answer($"{e.Fault}: {e.Message}");
        }
    })
    { IsBackground = true }.Start();

    private void Answer(string line)
    {
        lock (answers)
        {
            answers.WriteLine(line);
            answers.Flush();
        }
    }

    private static RandomExchange Parse(string[] command) => new(
        new ReplicaHosting(command[1].Split('|').Select(r => r.Split(',').Select(Number))),
        Number(command[2]), Number(command[3]), (ulong)Number(command[4]));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
