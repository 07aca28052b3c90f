using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Starling.Cluster.Chaos.Networks;

/// <summary>
/// A name server in a network namespace, which can hang and whose names can move. It knows IPv4 addresses only and
/// answers with no time to live, so nobody keeps an answer.
/// </summary>
internal sealed partial class NameServer : IAsyncDisposable
{
    public const int Port = 53;

    private const int NewNetwork = 0x40000000, Header = 12; // CLONE_NEWNET; bytes before the question
    private const short TypeA = 1, Answered = unchecked((short)0x8180), Unknown = unchecked((short)0x8183);

    private readonly ConcurrentDictionary<string, IPAddress> _addresses = [];
    private readonly ConcurrentDictionary<string, int> _asked = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Socket _socket;
    private readonly Task _serving;
    private volatile bool _hangs;

    private NameServer(Socket socket)
    {
        _socket = socket;
        _serving = ServeAsync();
    }

    /// <summary>Listens in a namespace.</summary>
    public static async Task<NameServer> StartAsync(string networkNamespace, IPEndPoint endpoint)
    {
        TaskCompletionSource<Socket> socket = new(TaskCreationOptions.RunContinuationsAsynchronously);
        // A socket stays in the namespace of the thread that made it. The thread is of no other use and ends.
        Thread thread = new(() =>
        {
            try
            {
                socket.SetResult(Bind(networkNamespace, endpoint));
            }
            catch (Exception e)
            {
                socket.SetException(e);
            }
        });
        thread.Start();
        return new NameServer(await socket.Task);
    }

    /// <summary>Gives a name this address from now on.</summary>
    public void Set(string name, string address) => _addresses[name] = IPAddress.Parse(address);

    /// <summary>How often a name was asked for, since the last <see cref="Set"/> or before.</summary>
    public int Asked(string name) => _asked.GetValueOrDefault(name);

    /// <summary>Stops answering; what is asked meanwhile is never answered.</summary>
    public void Hang() => _hangs = true;

    /// <summary>Answers again.</summary>
    public void GoOn() => _hangs = false;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving;
        _socket.Dispose();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        byte[] buffer = new byte[512];
        try
        {
            while (true)
            {
                SocketReceiveFromResult question =
                    await _socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _end.Token);
                if (Answer(buffer.AsSpan(0, question.ReceivedBytes)) is { } answer && !_hangs)
                    await _socket.SendToAsync(answer, question.RemoteEndPoint, _end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private byte[]? Answer(ReadOnlySpan<byte> question)
    {
        StringBuilder name = new();
        int at = Header;
        while (at < question.Length && question[at] is > 0 and var length && at + length < question.Length)
        {
            name.Append(name.Length > 0 ? "." : "").Append(Encoding.ASCII.GetString(question.Slice(at + 1, length)));
            at += 1 + length;
        }
        int end = at + 5; // the end of the name, type and class
        if (end > question.Length) return null;
        _asked.AddOrUpdate(name.ToString(), 1, (_, count) => count + 1);
        bool known = _addresses.TryGetValue(name.ToString(), out IPAddress? address);
        bool given = known && BinaryPrimitives.ReadInt16BigEndian(question[(at + 1)..]) == TypeA;
        byte[] answer = [.. question[..end], .. given ? Record(address!) : []];
        BinaryPrimitives.WriteInt16BigEndian(answer.AsSpan(2), known ? Answered : Unknown);
        BinaryPrimitives.WriteInt16BigEndian(answer.AsSpan(6), (short)(given ? 1 : 0)); // answers
        BinaryPrimitives.WriteInt32BigEndian(answer.AsSpan(8), 0); // authorities and other records
        return answer;
    }

    /// <summary>The name of the question, type A, class IN, no time to live, four bytes.</summary>
    private static byte[] Record(IPAddress address) =>
        [0xc0, Header, 0, (byte)TypeA, 0, 1, 0, 0, 0, 0, 0, 4, .. address.GetAddressBytes()];

    private static Socket Bind(string networkNamespace, IPEndPoint endpoint)
    {
        using SafeFileHandle file = File.OpenHandle(networkNamespace);
        if (SetNamespace(file, NewNetwork) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(endpoint);
        return socket;
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle file, int kind);
}
