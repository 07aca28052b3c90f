using System.Net.Sockets;
using System.Text;
using Starling.Data;

namespace Starling.Actors.LocalCluster;

/// <summary>
/// Answers orders, one line each, that other processes of this user send over a socket in the file system. Each client
/// is served by itself: one that says nothing keeps no other one waiting.
/// </summary>
internal sealed class ControlServer : IAsyncDisposable
{
    /// <summary>The longest order, in bytes.</summary>
    internal const int LongestOrder = 1000;

    private const int Backlog = 16; // clients that may wait to be accepted
    private const int MostClients = 16; // that are served at a time

    /// <summary>How long a client may take to send its order, and to take the answer.</summary>
    private static readonly TimeSpan OrderTimeout = TimeSpan.FromSeconds(10);

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _places = new(MostClients);
    private readonly Func<string, Task<string>> _answer;
    private readonly TimeProvider _time;
    private readonly string _path;
    private readonly Task _serving;

    /// <summary>
    /// Starts serving. The caller holds the run's lock, so an existing socket file is left over from a dead process and
    /// is deleted.
    /// </summary>
    /// <param name="path">The socket's file; see <see cref="ControlPath"/>.</param>
    /// <param name="answer">
    /// Carries out an order and returns the answer: a line that begins with <c>ok</c> or <c>error</c>.
    /// </param>
    /// <param name="time">The clock of the limits.</param>
    /// <exception cref="StarlingException">The socket cannot be made.</exception>
    public ControlServer(string path, Func<string, Task<string>> answer, TimeProvider time)
    {
        (_path, _answer, _time) = (path, answer, time);
        ControlPath.MakeFolder(path);
        try
        {
            File.Delete(path);
            _socket.Bind(new UnixDomainSocketEndPoint(path));
            _socket.Listen(Backlog);
        }
        catch (Exception e) when (e.IsDiskFailure() || e is SocketException)
        {
            _socket.Dispose();
            throw new StarlingException($"{path} (where the cluster takes orders) cannot be made: {e.Message}", e);
        }
        _serving = ServeAsync();
    }

    /// <summary>Stops serving and removes the socket.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving;
        for (int i = 0; i < MostClients; i++) await _places.WaitAsync(); // the clients that are being served
        _socket.Dispose();
        File.Delete(_path);
        _places.Dispose();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                await _places.WaitAsync(_end.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            try
            {
                _ = ServeAsync(await _socket.AcceptAsync(_end.Token));
            }
            catch (OperationCanceledException)
            {
                _places.Release();
                return;
            }
            catch (SocketException)
            {
                _places.Release(); // the client did not wait
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using CancellationTokenSource timeout = new(OrderTimeout, _time);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _end.Token);
        try
        {
            await using NetworkStream stream = new(client, ownsSocket: true);
            string answer = await ReadAsync(stream, end.Token) is { } order
                ? await _answer(order)
                : $"error an order is a line of at most {LongestOrder} bytes";
            await stream.WriteAsync(Encoding.UTF8.GetBytes(answer + "\n"), end.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The client was too slow or did not wait for the answer, or the cluster ends.
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Reads a line; null if it is too long or does not end.</summary>
    private static async Task<string?> ReadAsync(NetworkStream stream, CancellationToken cancellation)
    {
        byte[] bytes = new byte[LongestOrder + 1];
        for (int length = 0; length < bytes.Length;)
        {
            int read = await stream.ReadAsync(bytes.AsMemory(length), cancellation);
            int end = Array.IndexOf(bytes, (byte)'\n', length, read);
            if (end >= 0) return Encoding.UTF8.GetString(bytes, 0, end).TrimEnd('\r');
            if (read == 0) return null;
            length += read;
        }
        return null;
    }
}
