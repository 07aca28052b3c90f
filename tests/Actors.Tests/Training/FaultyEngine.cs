using Starling.Actors.Collectives;
using static TorchSharp.torch;

namespace Starling.Actors.Tests.Training;

/// <summary>An engine whose members fail where a test wants: before or after their n-th exchange.</summary>
internal sealed class FaultyEngine(ICollectiveEngine inner) : ICollectiveEngine
{
    /// <summary>Called before a member binds.</summary>
    public Action<GroupMember> Binding { get; set; } = _ => { };

    /// <summary>
    /// Called before an exchange with the member and the exchange's number in its generation, from 1.
    /// </summary>
    public Action<GroupMember, int> Before { get; set; } = (_, _) => { };

    /// <summary>Called after an exchange, with the same arguments.</summary>
    public Action<GroupMember, int> After { get; set; } = (_, _) => { };

    public string Name => inner.Name;

    public string? Unavailable => inner.Unavailable;

    public ICollectiveGroup Bind(GroupMember member, CollectiveOptions options)
    {
        Binding(member);
        return new Group(this, inner.Bind(member, options));
    }

    private sealed class Group(FaultyEngine engine, ICollectiveGroup inner) : ICollectiveGroup
    {
        private int _exchanges;

        public GroupMember Member => inner.Member;

        public Device Device => inner.Device;

        public byte[] EngineAddress => inner.EngineAddress;

        public void Connect(IReadOnlyList<byte[]> engineAddresses, string planHash) =>
            inner.Connect(engineAddresses, planHash);

        public void Exchange(IReadOnlyList<Transfer> sends, IReadOnlyList<Transfer> receives)
        {
            int number = ++_exchanges;
            try
            {
                engine.Before(Member, number);
                inner.Exchange(sends, receives);
                engine.After(Member, number);
            }
            catch (CollectiveException e)
            {
                Abort(e.Message); // as an engine does whose process dies
                throw;
            }
        }

        public void Abort(string reason) => inner.Abort(reason);

        public void Dispose() => inner.Dispose();
    }
}
