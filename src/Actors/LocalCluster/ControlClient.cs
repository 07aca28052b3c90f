using System.Net.Sockets;
using Starling.Data;

namespace Starling.Actors.LocalCluster;

/// <summary>Sends orders to a running <c>starling cluster</c>.</summary>
internal static class ControlClient
{
    /// <summary>Sends one order and waits for the answer.</summary>
    /// <param name="runFolder">The folder of the run that the cluster trains.</param>
    /// <param name="order">For instance <c>kill trainer-1</c>.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    /// <returns>The manager's answer without the leading <c>ok</c>.</returns>
    /// <exception cref="StarlingException">
    /// No cluster of this user runs in the folder, or it refused the order.
    /// </exception>
    public static async Task<string> AskAsync(string runFolder, string order, CancellationToken cancellationToken)
    {
        string path = ControlPath.Of(runFolder);
        ControlPath.CheckFolder(path);
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        }
        catch (SocketException e)
        {
            throw new StarlingException(
                $"no starling cluster runs in {runFolder}: name its folder with --run, on the same machine", e);
        }
        await using NetworkStream stream = new(socket);
        await using StreamWriter writer = new(stream) { AutoFlush = true };
        using StreamReader reader = new(stream);
        await writer.WriteLineAsync(order.AsMemory(), cancellationToken);
        string answer = await reader.ReadLineAsync(cancellationToken) ?? "error the cluster has just ended";
        return answer.StartsWith("ok ", StringComparison.Ordinal) ? answer[3..]
            : throw new StarlingException(answer.StartsWith("error ", StringComparison.Ordinal) ? answer[6..] : answer);
    }
}
