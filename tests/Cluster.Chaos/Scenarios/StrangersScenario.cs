using System.Globalization;
using Starling.Actors.Clustering;
using Starling.Cluster.Chaos.Harness;
using Starling.Cluster.Chaos.Strangers;
using Starling.Data.Randomness;

namespace Starling.Cluster.Chaos.Scenarios;

/// <summary>
/// Another user of the machine does to a local cluster's members what can be done without the cluster's key. The run
/// does not notice: nobody ends, and no generation is formed but for trainers that come and go.
/// </summary>
/// <param name="decks">How often each kind of disturbance, in random order.</param>
/// <param name="visits">Connections to each port at a time.</param>
/// <param name="scrapes">Slow scrapes of each member's metrics at a time.</param>
internal sealed class StrangersScenario(int decks, int visits, int scrapes) : Scenario
{
    /// <summary>What a node without a key, and one with another key, says at its end.</summary>
    private const string NoKey = "this node's run folder is not the run's", AnotherKey = "has another key";

    /// <summary>Seconds between two steps: less than any timeout that a node could have waited for.</summary>
    private const double LongestPause = 2.5;

    /// <summary>Seconds until a member serves its metrics after a flood, and until a run with guests ends.</summary>
    private const double ScrapeLimit = 5, EndLimit = 20;

    /// <summary>Files and connections of a process come and go by tens when all is well.</summary>
    private const int MoreFiles = 40;

    private enum Kind
    {
        Messages,
        Exchange,
        Metrics,
        NodeWithoutKey,
        NodeWithAnotherKey,
    }

    public override string Name => "strangers";

    public override string Purpose =>
        $"{decks} times each: strangers at all ports, floods of slow scrapes, nodes without the key; nobody notices";

    public override async Task RunAsync(Lab lab)
    {
        KeyedRandom random = lab.Random(10);
        ClusterPlan plan = new(2, Loaders: 1);
        await using LocalCluster cluster = LocalCluster.Start(plan, lab.Folder(Name), lab.Settings.Endless);
        await cluster.CompleteAsync();
        CheckModes(lab.Report, cluster);
        Member[] members = [.. cluster.Members];
        int[] files = [.. members.Select(m => Footprint.Of(m.Process).Files)];
        int generations = Generations(cluster), starts = plan.Count;
        List<int> raids = [];
        using Crowd crowd = new();
        for (int deck = 0; deck < decks; deck++)
        {
            Kind[] kinds = Enum.GetValues<Kind>();
            random.Shuffle<Kind>(kinds);
            foreach (Kind kind in kinds)
            {
                int entries = cluster.EventLog.Read().Count - 1;
                switch (kind)
                {
                    case Kind.Messages:
                        await crowd.ComeAsync(Visits.AtMessages(members, visits, ref random));
                        break;
                    case Kind.Exchange:
                        raids.AddRange(await RaidAsync(cluster, Visits.AtExchange(visits, ref random)));
                        (generations, starts) = (generations + 2, starts + 1);
                        break;
                    case Kind.Metrics:
                        await FloodAsync(lab.Report, cluster, Visits.AtMetrics(members, scrapes, ref random));
                        break;
                    case Kind.NodeWithoutKey or Kind.NodeWithAnotherKey:
                        string folder = lab.Folder($"{Name}-{deck}-{kind}");
                        await JoinAsync(lab, folder, members[random.Below(members.Length)], kind);
                        break;
                }
                await cluster.EventLog.StepAsync(cluster.Step + 10, Timeout);
                double pause = LongestPauseSince(cluster, entries);
                if (kind == Kind.Exchange) Say(lab.Report, kind, pause);
                else lab.Report.Limit($"{kind}: the longest pause between two steps", pause, LongestPause);
                lab.Report.Check(Generations(cluster) == generations && cluster.History.Count == starts,
                    $"  {Generations(cluster)} generations ({generations} expected), " +
                    $"{cluster.History.Count} starts of members ({starts} expected)");
            }
        }
        crowd.Leave();
        await CheckFilesAsync(lab.Report, members, files);
        await EndAsync(lab, cluster, crowd, Visits.AtMessages(members, visits, ref random));
        lab.Report.Check(crowd.Taken == 0, $"of {crowd.Connected} strangers where members take messages, " +
            $"{crowd.Handshakes} with a TLS handshake, not refused: {crowd.Taken}");
        // With three trainers two of them listen, and one with two.
        lab.Report.Happened($"of about {3 * decks} ports of the exchange, found while they were open " +
            $"({raids.Sum()} strangers came to them)", raids.Count);
        CheckLogs(lab.Report, cluster.Run);
    }

    /// <summary>What is in the cluster's own folder is for its user only.</summary>
    private static void CheckModes(Report report, LocalCluster cluster)
    {
        string folder = Path.Combine(cluster.Run, ".cluster");
        CheckMode(report, folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        CheckMode(report, Path.Combine(folder, "key.pem"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static void CheckMode(Report report, string path, UnixFileMode wanted)
    {
        UnixFileMode mode = OperatingSystem.IsWindows() ? wanted : File.GetUnixFileMode(path);
        report.Check(mode == wanted,
            $"mode of {Path.GetFileName(path)}: {Convert.ToString((int)mode, 8)} ({Convert.ToString((int)wanted, 8)})");
    }

    /// <summary>
    /// A trainer comes and leaves again. Strangers come to the ports on which the generations with and without it form.
    /// </summary>
    private static async Task<IReadOnlyCollection<int>> RaidAsync(LocalCluster cluster, Visit[] each)
    {
        await using Raid raid = new(cluster, each);
        string name = (await cluster.OrderAsync("add", "trainer")).Split(' ')[0];
        await cluster.RunningAsync(3, cluster.EventLog.Read().Count);
        int entries = cluster.EventLog.Read().Count;
        await cluster.OrderAsync("stop", name);
        await cluster.LineAsync(line => line == $"{name} has ended (exit code 0)");
        await cluster.RunningAsync(2, entries);
        return raid.Visits;
    }

    /// <summary>
    /// Slow scrapes of all metrics at once. More of them than a member serves are turned away, and so may be those of
    /// the user. Once the slow ones are gone, the user's are answered.
    /// </summary>
    private static async Task FloodAsync(Report report, LocalCluster cluster, Visit[] flood)
    {
        int made;
        using (Crowd crowd = new())
        {
            await crowd.ComeAsync(flood);
            made = crowd.Connected;
            await cluster.EventLog.StepAsync(cluster.Step + 10, Timeout);
        }
        double[] times = await Task.WhenAll(cluster.Members.Select(m => ScrapeAsync(m.Metrics)));
        report.Limit($"the last member's metrics are there again after {made} slow scrapes", times.Max(), ScrapeLimit);
    }

    /// <summary>Asks again and again until the answer is there. Returns the seconds until then.</summary>
    private static async Task<double> ScrapeAsync(Uri metrics)
    {
        long began = TimeProvider.System.GetTimestamp();
        using HttpClient http = new() { Timeout = TimeSpan.FromSeconds(10) };
        while (true)
        {
            try
            {
                string text = await http.GetStringAsync(metrics);
                return text.Contains("starling_", StringComparison.Ordinal)
                    ? TimeProvider.System.GetElapsedTime(began).TotalSeconds
                    : throw new ChaosException($"{metrics} answers '{text}'");
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException &&
                TimeProvider.System.GetElapsedTime(began) < Timeout)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20));
            }
        }
    }

    /// <summary>
    /// A node of another user, with a run's folder of its own and a member's name. It ends and says why.
    /// </summary>
    private static async Task JoinAsync(Lab lab, string folder, Member seed, Kind kind)
    {
        if (kind == Kind.NodeWithAnotherKey) ClusterKey.Make(folder, TimeProvider.System).Dispose();
        await using OsProcess node = OsProcess.Starling(
            ["node", "--name", "trainer-1", "--roles", "trainer,loader", "--seed", seed.Endpoint, "--run", folder,
            "--config", lab.Settings.File, "--set", .. lab.Settings.Endless.Overrides]);
        // A key may have just been replaced, so a node that has one may be started again.
        (int wanted, string reason) = kind == Kind.NodeWithAnotherKey ? (75, AnotherKey) : (2, NoKey);
        int code = await node.ExitAsync(Timeout);
        bool says = node.Lines.Any(l => l.Contains(reason, StringComparison.Ordinal));
        lab.Report.Check(code == wanted && says, $"{kind}: exit code {code} ({wanted}), " +
            (says ? $"'{reason}'" : $"without '{reason}':\n{string.Join('\n', node.Lines)}"));
    }

    /// <summary>No connection of a stranger is left in a member.</summary>
    private static async Task CheckFilesAsync(Report report, Member[] members, int[] before)
    {
        for (int i = 0; i < members.Length; i++)
        {
            Member member = members[i];
            int limit = before[i] + MoreFiles;
            await Poll.UntilAsync(() => Footprint.Of(member.Process).Files <= limit, Timeout,
                () => $"{member.Name}: at most {limit} open files, not {Footprint.Of(member.Process).Files}");
            report.Check(true, $"{member.Name}: {before[i]} open files before, " +
                $"{Footprint.Of(member.Process).Files} when the strangers have left");
        }
    }

    /// <summary>The run ends while strangers hold connections to its members.</summary>
    private static async Task EndAsync(Lab lab, LocalCluster cluster, Crowd crowd, Visit[] guests)
    {
        await crowd.ComeAsync(guests);
        long began = TimeProvider.System.GetTimestamp();
        await StopAsync(lab, cluster);
        lab.Report.Limit("the run's end, with strangers at its members",
            TimeProvider.System.GetElapsedTime(began).TotalSeconds, EndLimit);
        ReferenceRun reference =
            await lab.ReferenceAsync(lab.Settings with { Steps = RunFolder.Stored(cluster.Run) });
        await RunCheck.RunAsync(lab.Report, cluster.Run, reference);
    }

    /// <summary>No node was left out of the run or taken for dead.</summary>
    private static void CheckLogs(Report report, string run)
    {
        Entry[] all = [.. Directory.EnumerateFiles(run, "events*.jsonl").SelectMany(p => new EventLogReader(p).Read())];
        string[] gone = [.. all.Where(e => e.Event is "fenced" or "left_out").Select(e => e.Fields.GetRawText())];
        report.Check(gone.Length == 0, $"nodes that were put out of the run: {gone.Length}" +
            string.Concat(gone.Select(line => $"\n{line}")));
        Entry[] lines = [.. all.Where(e => e.Event == "log")];
        report.Say($"  lines of the nodes' log: {lines.Length}, {lines.Sum(e => e.Fields.GetRawText().Length)} bytes");
    }

    private static void Say(Report report, Kind kind, double pause) => report.Say(string.Create(
        CultureInfo.InvariantCulture, $"  {kind}: the longest pause between two steps: {pause:0.00} s"));

    private static int Generations(LocalCluster cluster) =>
        cluster.EventLog.Read().Count(e => e.Event == "generation");

    private static double LongestPauseSince(LocalCluster cluster, int entries)
    {
        DateTimeOffset[] commits =
            [.. cluster.EventLog.Read().Skip(entries).Where(e => e.Event == "committed").Select(e => e.Time)];
        return commits.Zip(commits.Skip(1), (a, b) => (b - a).TotalSeconds).DefaultIfEmpty(0).Max();
    }
}
