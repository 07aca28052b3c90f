using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Starling.Actors.Clustering.Names;

namespace Starling.Actors.Tests.Clustering;

/// <summary>
/// A name service that knows what a test tells it. A name of which it was told nothing does not exist.
/// </summary>
internal sealed class StubNames : INameService, IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Func<IPAddress[]>> _names = [];
    private readonly ManualResetEventSlim _going = new(initialState: true);
    private int _asked;

    /// <summary>How often it was asked.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>Gives a name these addresses from now on.</summary>
    public StubNames Set(string name, params string[] addresses)
    {
        _names[name] = () => [.. addresses.Select(IPAddress.Parse)];
        return this;
    }

    /// <summary>Has nobody know for now whether there is such a name.</summary>
    public StubNames Fail(string name)
    {
        _names[name] = () => throw new SocketException((int)SocketError.TryAgain);
        return this;
    }

    /// <summary>Stops answering.</summary>
    public void Hang() => _going.Reset();

    /// <summary>Answers again, first who waits.</summary>
    public void GoOn() => _going.Set();

    public IPAddress[] AddressesOf(string name)
    {
        Interlocked.Increment(ref _asked);
        _going.Wait(Longest);
        return _names.TryGetValue(name, out Func<IPAddress[]>? answer)
            ? answer() : throw new SocketException((int)SocketError.HostNotFound);
    }

    public void Dispose() => GoOn();
}
