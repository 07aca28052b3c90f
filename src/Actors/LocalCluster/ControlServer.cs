using System.Net.Sockets;

namespace Starling.Actors.LocalCluster;

/// <summary>
/// Answers orders, one line each, that other processes of this user send over a socket in the file system.
/// </summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private const int Backlog = 16; // clients that may wait to be accepted
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _end = new();
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
    public ControlServer(string path, Func<string, Task<string>> answer)
    {
        _path = path;
        File.Delete(path);
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _socket.Listen(Backlog);
        _serving = ServeAsync(answer);
    }

    /// <summary>Stops serving and removes the socket.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving;
        _socket.Dispose();
        File.Delete(_path);
        _end.Dispose();
    }

    private async Task ServeAsync(Func<string, Task<string>> answer)
    {
        while (true)
        {
            try
            {
                using Socket client = await _socket.AcceptAsync(_end.Token);
                await using NetworkStream stream = new(client);
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
                // The client did not wait for the answer.
            }
        }
    }
}
