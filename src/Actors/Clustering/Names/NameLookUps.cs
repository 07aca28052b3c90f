using System.Net;
using System.Net.Sockets;

namespace Starling.Actors.Clustering.Names;

/// <summary>
/// Looks up host names with a time limit. The operating system cannot end a look-up, so each one has a thread of its
/// own: a name server that hangs costs neither an actor nor a thread of the pool. Thread-safe.
/// </summary>
internal sealed class NameLookUps(INameService service, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task<NameAnswer>> _running = [];

    /// <summary>
    /// Looks up a host. An address is its own answer. A look-up that took too long goes on, and its answer is that of
    /// the next call for the same name: otherwise a slow name server would never get to answer.
    /// </summary>
    /// <param name="host">An address or a name.</param>
    /// <param name="timeout">How long is waited for an answer.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<NameAnswer> FindAsync(string host, TimeSpan timeout, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(host, out IPAddress? literal)) return NameAnswer.Of(literal);
        Task<NameAnswer>? running;
        lock (_gate)
        {
            if (!_running.TryGetValue(host, out running)) _running[host] = running = Start(host);
        }
        try
        {
            NameAnswer answer = await running.WaitAsync(timeout, time, cancellation).ConfigureAwait(false);
            lock (_gate)
            {
                if (_running.GetValueOrDefault(host) == running) _running.Remove(host);
            }
            return answer;
        }
        catch (TimeoutException)
        {
            return NameAnswer.Unanswered(
                FormattableString.Invariant($"the name server has not answered in {timeout.TotalSeconds} s"));
        }
    }

    private Task<NameAnswer> Start(string host)
    {
        TaskCompletionSource<NameAnswer> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => answer.SetResult(LookUp(host))) { IsBackground = true, Name = $"look-up of {host}" }.Start();
        return answer.Task;
    }

    private NameAnswer LookUp(string host)
    {
        try
        {
            IPAddress[] addresses = host.Length > 0 ? service.AddressesOf(host) : [];
            return addresses.Length > 0 ? NameAnswer.Of(addresses) : NameAnswer.Unknown();
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.HostNotFound
                ? NameAnswer.Unknown()
                : NameAnswer.Unanswered($"the name cannot be looked up now ({e.Message})");
        }
        catch (ArgumentException)
        {
            return NameAnswer.Unknown(); // no host can have such a name
        }
    }
}
