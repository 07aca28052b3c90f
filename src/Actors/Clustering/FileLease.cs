using Akka.Actor;
using Akka.Cluster;
using Akka.Coordination;
using Starling.Data;

namespace Starling.Actors.Clustering;

/// <summary>
/// Implements Akka's lease with a file in the run's folder. One lease decides which of two sides of a split cluster
/// goes on; another lease decides which node runs the supervisor. A held lease is renewed in the background. The loss
/// of a lease is published to the <see cref="MembershipGuard"/>.
/// </summary>
public sealed class FileLease : Lease
{
    private const string ResolverSuffix = "-akka-sbr"; // ends the name of the split brain resolver's lease

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _turn = new(1); // held while a task uses the file
    private readonly CancellationTokenSource _end = new();
    private readonly CancellationToken _ended; // usable after its source is disposed
    private readonly TimeProvider _time;
    private readonly ExtendedActorSystem _system;
    private readonly LeaseFile _file;
    private readonly TimeSpan _duration, _interval, _acquireTimeout;
    private readonly bool _isOfSide;
    private readonly Func<Address, Task<bool>> _hasEnded;
    private CancellationTokenSource? _renewing; // whoever takes it from here disposes it
    private long _validUntil; // timestamp; 0 while the lease is not held

    /// <summary>Makes the lease. Akka calls this with the settings of <c>akka.coordination.lease.file</c>.</summary>
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
        // Akka waits for an operation without a limit, and the cluster waits for the node that decides. So the
        // operation limits itself to less than Akka's operation timeout.
        _acquireTimeout = 0.8 * settings.TimeoutSettings.OperationTimeout;
        _isOfSide = settings.LeaseName.EndsWith(ResolverSuffix, StringComparison.Ordinal);
        string folder = settings.LeaseConfig.GetString("folder");
        Directory.CreateDirectory(folder);
        // A restarted node has the same address but does not hold the lease of the instance before, so the address
        // alone does not name the owner.
        string owner = $"{settings.OwnerName}#{Guid.NewGuid():N}";
        _file = new LeaseFile(Path.Combine(folder, FileNameOf(settings.LeaseName)), owner, _duration, time);
        _ended = _end.Token;
        system.RegisterOnTermination(() =>
        {
            _end.Cancel();
            _end.Dispose();
        });
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
        string? deadOwner = null;
        while (!await TryTakeAsync(deadOwner))
        {
            // The present owner may be dead and its lease may end soon, so the loop tries again for a while.
            if (_time.GetElapsedTime(began) > _acquireTimeout) return false;
            deadOwner = await DeadOwnerAsync();
            await Task.Delay(RetryAfter, _time, _ended);
        }
        CancellationTokenSource renewing = CancellationTokenSource.CreateLinkedTokenSource(_ended);
        CancellationToken renewed = renewing.Token;
        EndRenewal(Interlocked.Exchange(ref _renewing, renewing));
        _ = RenewAsync(leaseLostCallback, renewing, renewed);
        return true;
    }

    /// <inheritdoc/>
    public override async Task<bool> Release()
    {
        EndRenewal(Interlocked.Exchange(ref _renewing, null));
        await _turn.WaitAsync();
        try
        {
            Interlocked.Exchange(ref _validUntil, 0); // inside the turn, because a renewal could set it again
            await _file.ReleaseAsync(CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }
        return true;
    }

    /// <summary>
    /// Makes a file name from a lease's name, which may have characters that file names must not have.
    /// </summary>
    internal static string FileNameOf(string lease) =>
        string.Concat(lease.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '_')) + ".lease";

    private async Task<bool> TakeAsync(bool renew, string? deadOwner = null)
    {
        await _turn.WaitAsync(_ended);
        try
        {
            // The time is taken before the file is written: other nodes count from some moment after the write.
            long until = _time.GetTimestamp() + (long)(_duration.TotalSeconds * _time.TimestampFrequency);
            if (!await _file.TryTakeAsync(
                renew, _end.Token, owner => owner == deadOwner || _isOfSide && IsOnThisSide(owner))) return false;
            Interlocked.Exchange(ref _validUntil, until);
            if (!_isOfSide) _system.EventStream.Publish(new LeaseRenewed());
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Tries to take the lease. An I/O error counts as not obtained: Akka would treat an exception as a final refusal
    /// and down every node on this side.
    /// </summary>
    private async Task<bool> TryTakeAsync(string? deadOwner)
    {
        try
        {
            return await TakeAsync(renew: false, deadOwner);
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            return false;
        }
    }

    /// <summary>
    /// Whether this node reaches the node of an owner, so that both are on the same side of a split. The lease belongs
    /// to a side as a whole. If another node of this side took the lease seconds ago for an earlier decision and kept
    /// it from this node, this side would end.
    /// </summary>
    private bool IsOnThisSide(string owner)
    {
        ClusterEvent.CurrentClusterState state = Cluster.Get(_system).State;
        return AddressOf(owner) is { } node && state.Members.Any(member =>
            member.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting &&
            !state.Unreachable.Contains(member) && IsAt(member.Address, node));
    }

    /// <summary>
    /// Returns the owner if its process is proven to have ended; null otherwise. The lease of a side needs more: that
    /// the processes of all nodes that this node does not reach have ended. Then there is no other side for which the
    /// owner could have taken the lease, and which goes on with it.
    /// </summary>
    private async Task<string?> DeadOwnerAsync()
    {
        string? owner;
        await _turn.WaitAsync(_ended);
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
        IEnumerable<Address> silent =
            _isOfSide ? Cluster.Get(_system).State.Unreachable.Select(member => member.Address) : [];
        bool[] ended = await Task.WhenAll(silent.Append(node).Select(_hasEnded));
        return ended.All(e => e) ? owner : null;
    }

    /// <summary>Returns the address of an owner's node; null if the owner's name has none.</summary>
    private static Address? AddressOf(string owner) =>
        Address.TryParse($"akka://{owner.Split('#')[0]}", out Address? node) && node.Port is not null ? node : null;

    /// <summary>Whether two addresses are the same but for the protocol, which an owner's name does not have.</summary>
    private static bool IsAt(Address member, Address node) =>
        (member.System, member.Host, member.Port) == (node.System, node.Host, node.Port);

    private static void EndRenewal(CancellationTokenSource? renewing)
    {
        renewing?.Cancel();
        renewing?.Dispose();
    }

    private async Task RenewAsync(
        Action<Exception?> lost, CancellationTokenSource renewing, CancellationToken cancellation)
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
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    if (CheckLease()) continue; // still valid: there is time for another try, whatever the error
                    failure = e;
                }
                Interlocked.Exchange(ref _validUntil, 0);
                if (cancellation.IsCancellationRequested) return; // released meanwhile, which is not a loss
                string reason = failure?.Message ?? "another node has it";
                if (!_isOfSide) _system.EventStream.Publish(new LeaseLost(Settings.LeaseName, reason));
                lost(failure);
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The lease was released, or the node ends.
        }
        finally
        {
            if (Interlocked.CompareExchange(ref _renewing, null, renewing) == renewing) renewing.Dispose();
        }
    }

    /// <summary>
    /// Reads the file periodically even while this node does not need the lease. When the node does need the lease, it
    /// already knows how long the owner has not renewed it.
    /// </summary>
    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                await _turn.WaitAsync(_ended);
                try
                {
                    _file.Look();
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    // Nothing is known of the owner for this interval. A node that tries to take the lease meets the
                    // error itself.
                }
                finally
                {
                    _turn.Release();
                }
                await Task.Delay(_interval, _time, _ended);
            }
        }
        catch (OperationCanceledException)
        {
            // The node ends.
        }
    }
}
