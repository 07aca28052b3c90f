using Akka.Actor;
using Akka.Cluster;
using Akka.Coordination;
using Starling.Data;

namespace Starling.Actors.Clustering;

/// <summary>
/// Akka's lease, in a file of the run's folder: which of two sides of a split cluster goes on, and which node runs the
/// supervisor. Renewed in the background; the loss is told to the <see cref="MembershipGuard"/>.
/// </summary>
public sealed class FileLease : Lease
{
    private const string ResolverSuffix = "-akka-sbr"; // of the name that the split brain resolver gives its lease

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _turn = new(1); // the file is looked at by one at a time
    private readonly CancellationTokenSource _end = new();
    private readonly TimeProvider _time;
    private readonly ExtendedActorSystem _system;
    private readonly LeaseFile _file;
    private readonly TimeSpan _duration, _interval, _patience;
    private readonly bool _isOfSide;
    private readonly Func<Address, Task<bool>> _hasEnded;
    private CancellationTokenSource? _renewing;
    private long _validUntil; // 0 while not held

    /// <summary>Made by Akka, from <c>akka.coordination.lease.file</c>.</summary>
    public FileLease(LeaseSettings settings, ExtendedActorSystem system)
        : this(settings, system, TimeProvider.System, ProcessProbe.HasEndedAsync)
    {
    }

    internal FileLease(LeaseSettings settings, ExtendedActorSystem system, TimeProvider time,
        Func<Address, Task<bool>> hasEnded) : base(settings)
    {
        (_system, _time, _hasEnded) = (system, time, hasEnded);
        _duration = settings.TimeoutSettings.HeartbeatTimeout;
        _interval = settings.TimeoutSettings.HeartbeatInterval;
        // Akka waits for as long as an operation takes; others wait for whoever decides meanwhile.
        _patience = 0.8 * settings.TimeoutSettings.OperationTimeout;
        _isOfSide = settings.LeaseName.EndsWith(ResolverSuffix, StringComparison.Ordinal);
        string folder = settings.LeaseConfig.GetString("folder");
        Directory.CreateDirectory(folder);
        // Another instance on the same address is somebody else, so the address alone does not name the owner.
        string owner = $"{settings.OwnerName}#{Guid.NewGuid():N}";
        _file = new LeaseFile(Path.Combine(folder, FileNameOf(settings.LeaseName)), owner, _duration, time);
        system.RegisterOnTermination(_end.Cancel);
        _ = WatchAsync();
    }

    /// <inheritdoc/>
    public override bool CheckLease() => Interlocked.Read(ref _validUntil) is var until and not 0 &&
        _time.GetTimestamp() < until;

    /// <inheritdoc/>
    public override Task<bool> Acquire() => Acquire(_ => { });

    /// <inheritdoc/>
    public override async Task<bool> Acquire(Action<Exception?> leaseLostCallback)
    {
        long began = _time.GetTimestamp();
        string? dead = null;
        while (!await TryTakeAsync(dead))
        {
            // The owner before may be dead, and its time almost up.
            if (_time.GetElapsedTime(began) > _patience) return false;
            if (_isOfSide) dead = await DeadOwnerAsync();
            await Task.Delay(RetryAfter, _time, _end.Token);
        }
        CancellationTokenSource renewing = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        Interlocked.Exchange(ref _renewing, renewing)?.Cancel();
        _ = RenewAsync(leaseLostCallback, renewing.Token);
        return true;
    }

    /// <inheritdoc/>
    public override async Task<bool> Release()
    {
        Interlocked.Exchange(ref _renewing, null)?.Cancel();
        await _turn.WaitAsync();
        try
        {
            Interlocked.Exchange(ref _validUntil, 0); // here, where no renewal is under way
            await _file.ReleaseAsync(CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }
        return true;
    }

    /// <summary>Lease names hold what file names must not.</summary>
    internal static string FileNameOf(string lease) =>
        string.Concat(lease.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '_')) + ".lease";

    private async Task<bool> TakeAsync(bool renew, string? dead = null)
    {
        await _turn.WaitAsync(_end.Token);
        try
        {
            // Counted from before: others may count from any moment after.
            long until = _time.GetTimestamp() + (long)(_duration.TotalSeconds * _time.TimestampFrequency);
            Func<string, bool>? mayTakeOver = _isOfSide ? owner => owner == dead || IsOnThisSide(owner) : null;
            if (!await _file.TryTakeAsync(renew, _end.Token, mayTakeOver)) return false;
            Interlocked.Exchange(ref _validUntil, until);
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Tries to take it; a hiccup of the disk is no answer, and would end this side like one.</summary>
    private async Task<bool> TryTakeAsync(string? dead)
    {
        try
        {
            return await TakeAsync(renew: false, dead);
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            return false;
        }
    }

    /// <summary>
    /// Whether an owner is a node that this one reaches. The lease is that of a side then: the one that decided before,
    /// seconds ago, was another node of this very side, and would make this side end if it kept the lease to itself.
    /// </summary>
    private bool IsOnThisSide(string owner)
    {
        ClusterEvent.CurrentClusterState state = Cluster.Get(_system).State;
        return AddressOf(owner) is { } node && state.Members.Any(member =>
            member.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting &&
            !state.Unreachable.Contains(member) && IsAt(member.Address, node));
    }

    /// <summary>
    /// The owner, if there is no other side that it could have taken the lease for: its process has ended, and so have
    /// those of all nodes that this one does not reach. Null otherwise: then it may be kept for a side that goes on.
    /// </summary>
    private async Task<string?> DeadOwnerAsync()
    {
        string? owner;
        await _turn.WaitAsync(_end.Token);
        try
        {
            owner = _file.Look()?.Owner;
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            return null;
        }
        finally
        {
            _turn.Release();
        }
        if (owner is null || AddressOf(owner) is not { } node) return null;
        Address[] silent = [.. Cluster.Get(_system).State.Unreachable.Select(member => member.Address)];
        bool[] ended = await Task.WhenAll(silent.Append(node).Select(_hasEnded));
        return ended.All(e => e) ? owner : null;
    }

    /// <summary>The node of an owner; null if it is none.</summary>
    private static Address? AddressOf(string owner) =>
        Address.TryParse($"akka://{owner.Split('#')[0]}", out Address? node) && node.Port is not null ? node : null;

    /// <summary>Owners are named without the protocol.</summary>
    private static bool IsAt(Address member, Address node) =>
        (member.System, member.Host, member.Port) == (node.System, node.Host, node.Port);

    private async Task RenewAsync(Action<Exception?> lost, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await Task.Delay(_interval, _time, cancellation);
                Exception? failure = null;
                try
                {
                    if (await TakeAsync(renew: true)) continue;
                }
                catch (Exception e) when (e.IsDiskFailure())
                {
                    if (CheckLease()) continue; // a hiccup of the disk: there is time for another try
                    failure = e;
                }
                Interlocked.Exchange(ref _validUntil, 0);
                if (cancellation.IsCancellationRequested) return; // given up meanwhile, not lost
                string reason = failure?.Message ?? "another node has it";
                if (!_isOfSide) _system.EventStream.Publish(new LeaseLost(Settings.LeaseName, reason));
                lost(failure);
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // Released, or the node ends.
        }
    }

    /// <summary>Knows how old the owner's last sign of life is before it has to.</summary>
    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                await _turn.WaitAsync(_end.Token);
                try
                {
                    _file.Look();
                }
                catch (Exception e) when (e.IsDiskFailure())
                {
                    // Whoever wants to take it will say so.
                }
                finally
                {
                    _turn.Release();
                }
                await Task.Delay(_interval, _time, _end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The node ends.
        }
    }
}
