using System.Net.Sockets;

namespace Starling.Actors.LocalCluster;

/// <summary>Takes orders of a line each from other processes of this user, over a socket of the file system.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private const int Waiting = 16;
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _end = new();
    private readonly string _path;
    private readonly Task _serving;

    /// <summary>Starts serving. Whoever calls holds the run's lock, so a socket found there is a dead one's.</summary>
    /// <param name="path">Where; see <see cref="ControlPath"/>.</param>
    /// <param name="answer">
    /// Given an order, gives the answer: a line that begins with <c>ok</c> or <c>error</c>.
    /// </param>
    public ControlServer(string path, Func<string, Task<string>> answer)
    {
        _path = path;
        File.Delete(path);
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _socket.Listen(Waiting);
        _serving = ServeAsync(answer);
    }

    /// <summary>Stops serving and removes the socket.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving;
        _socket.Dispose(); // which deletes the file too
        File.Delete(_path);
        _end.Dispose();
    }

    private async Task ServeAsync(Func<string, Task<string>> answer)
    {
        while (true)
        {
            try
            {
                using Socket asker = await _socket.AcceptAsync(_end.Token);
                await using NetworkStream stream = new(asker);
                using StreamReader reader = new(stream);
                await using StreamWriter writer = new(stream);
                if (await reader.ReadLineAsync(_end.Token) is not { } order) continue;
                await writer.WriteLineAsync(await answer(order));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // Whoever asked did not wait for the answer.
            }
        }
    }
}
