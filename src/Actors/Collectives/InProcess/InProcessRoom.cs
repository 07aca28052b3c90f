using static TorchSharp.torch;

namespace Starling.Actors.Collectives.InProcess;

/// <summary>
/// Connects the threads of a group. One lock guards everything but the copying of values.
/// </summary>
/// <param name="host">Rank 0, which opens the room.</param>
internal sealed class InProcessRoom(GroupMember host)
{
    private readonly object _gate = new();
    private readonly bool[] _joined = new bool[host.Size];
    private readonly string?[] _left = new string?[host.Size];
    private readonly Dictionary<(int From, int To), Queue<Offer>> _offers = [];

    /// <summary>Identifies the room; rank 0 sends it to the other members.</summary>
    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>Enters a member and waits until all members have joined.</summary>
    public void Join(GroupMember me, Deadline deadline)
    {
        lock (_gate)
        {
            if (me.Size != host.Size || _joined[me.Rank])
                throw new CollectiveException(CollectiveFault.Mismatch, _joined[me.Rank % host.Size]
                    ? $"{me}: there is a rank {me.Rank} already"
                    : $"{me}: {me.Size} members here, {host.Size} at rank 0");
            _joined[me.Rank] = true;
            Monitor.PulseAll(_gate);
            foreach (int peer in me.Others) Await(me, peer, () => _joined[peer], deadline);
        }
    }

    /// <summary>Removes a member. Its own calls throw, and so do the calls of members that wait for it.</summary>
    public void Leave(int rank, string reason)
    {
        lock (_gate)
        {
            _left[rank] ??= reason;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>
    /// Offers the tensors to send, takes those to receive, and waits until the own offers have been taken.
    /// </summary>
    public void Exchange(
        GroupMember me, IReadOnlyList<Transfer> sends, IReadOnlyList<Transfer> receives, Deadline deadline)
    {
        Offer[] offers = [.. sends.Select(send => new Offer(send.Values))];
        lock (_gate)
        {
            for (int i = 0; i < offers.Length; i++) OffersFor(me.Rank, sends[i].Peer).Enqueue(offers[i]);
            Monitor.PulseAll(_gate);
        }
        try
        {
            foreach (Transfer receive in receives) Take(me, receive, deadline);
            lock (_gate)
                for (int i = 0; i < offers.Length; i++)
                {
                    Offer offer = offers[i];
                    Await(me, sends[i].Peer, () => offer.State == OfferState.Taken, deadline);
                }
        }
        finally
        {
            Withdraw(offers);
        }
    }

    private void Take(GroupMember me, Transfer receive, Deadline deadline)
    {
        Offer offer;
        lock (_gate)
        {
            Queue<Offer> queue = OffersFor(receive.Peer, me.Rank);
            Await(me, receive.Peer, () => queue.TryPeek(out Offer? o) && o.State == OfferState.Open, deadline);
            offer = queue.Dequeue();
            if (offer.Values.numel() != receive.Values.numel() || offer.Values.dtype != receive.Values.dtype)
                throw new CollectiveException(CollectiveFault.Mismatch,
                    $"{me}: expects {receive.Values.numel()} {receive.Values.dtype}, " +
                    $"rank {receive.Peer} sends {offer.Values.numel()} {offer.Values.dtype}");
            offer.State = OfferState.InHand;
        }
        try
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            receive.Values.view(-1).copy_(offer.Values.view(-1));
        }
        finally
        {
            lock (_gate)
            {
                offer.State = OfferState.Taken;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>
    /// Withdraws the offers that were not taken, and waits for members that are reading one: the sender may change or
    /// free its memory afterwards.
    /// </summary>
    private void Withdraw(Offer[] offers)
    {
        lock (_gate)
            foreach (Offer offer in offers)
            {
                while (offer.State == OfferState.InHand) Monitor.Wait(_gate);
                if (offer.State == OfferState.Open) offer.State = OfferState.Withdrawn;
            }
    }

    private Queue<Offer> OffersFor(int from, int to) =>
        _offers.TryGetValue((from, to), out Queue<Offer>? queue) ? queue : _offers[(from, to)] = [];

    /// <summary>
    /// Waits until <paramref name="done"/>, which depends on <paramref name="peer"/>. Needs the lock.
    /// </summary>
    private void Await(GroupMember me, int peer, Func<bool> done, Deadline deadline)
    {
        while (true)
        {
            if (_left[me.Rank] is { } reason)
                throw new CollectiveException(CollectiveFault.Aborted, $"{me}: aborted: {reason}");
            if (done()) return;
            if (_left[peer] is { } why)
                throw new CollectiveException(CollectiveFault.PeerLost, $"{me}: rank {peer} has left: {why}");
            if (!Monitor.Wait(_gate, deadline.Remaining) && !done())
                throw new CollectiveException(CollectiveFault.TimedOut, $"{me}: rank {peer} did not come in time");
        }
    }

    private enum OfferState { Open, InHand, Taken, Withdrawn }

    private sealed class Offer(Tensor values)
    {
        public Tensor Values => values;

        public OfferState State { get; set; }
    }
}
