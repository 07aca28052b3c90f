using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Starling.Cluster.Chaos.Strangers;

/// <summary>
/// Connections of a program that knows nothing of a cluster but its ports, as another user of the machine does. All
/// of them are reset in the end.
/// </summary>
internal sealed class Crowd : IDisposable
{
    private const int AtOnce = 64;

    /// <summary>How long a visit may take, and how long a stranger waits to be refused.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly List<Socket> _staying = [];
    private readonly X509Certificate2 _certificate = NewCertificate();
    private int _connected, _handshakes, _taken;

    /// <summary>How many connections were made.</summary>
    public int Connected => _connected;

    /// <summary>How many TLS handshakes were begun.</summary>
    public int Handshakes => _handshakes;

    /// <summary>How many of them the member did not refuse: it said something, or held the connection.</summary>
    public int Taken => _taken;

    /// <summary>Makes visits, many at a time. Returns when the last stranger has left or stays.</summary>
    public Task ComeAsync(IReadOnlyList<Visit> visits) => Parallel.ForEachAsync(
        visits, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (visit, _) => await ComeAsync(visit));

    /// <summary>Makes one visit. Returns whether somebody listened at the port.</summary>
    public async Task<bool> ComeAsync(Visit visit)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bool connected = false;
        using CancellationTokenSource limit = new(Patience);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, visit.Port, limit.Token);
            connected = true;
            Interlocked.Increment(ref _connected);
            if (visit.Approach != Approach.Words) await HandshakeAsync(socket, visit.Approach, limit.Token);
            else if (visit.Words.Length > 0) await socket.SendAsync(visit.Words, limit.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Nobody listens there any more, or the member has ended the connection.
        }
        if (!visit.Stays || !connected) Reset(socket);
        else lock (_gate) _staying.Add(socket);
        return connected;
    }

    /// <summary>Resets all connections that are still held.</summary>
    public void Leave()
    {
        Socket[] staying;
        lock (_gate)
        {
            staying = [.. _staying];
            _staying.Clear();
        }
        foreach (Socket socket in staying) Reset(socket);
    }

    public void Dispose()
    {
        Leave();
        _certificate.Dispose();
    }

    /// <summary>Makes a handshake and waits for its refusal. With TLS 1.3 that comes after the handshake.</summary>
    private async Task HandshakeAsync(Socket socket, Approach approach, CancellationToken limit)
    {
        Interlocked.Increment(ref _handshakes);
        bool refused = false;
        try
        {
            await using NetworkStream stream = new(socket);
            await using SslStream tls = new(
                stream, leaveInnerStreamOpen: true, (_, theirs, _, _) => theirs is not null);
            SslClientAuthenticationOptions options = new() { TargetHost = "127.0.0.1" };
            if (approach == Approach.OwnCertificate)
            {
                options.ClientCertificates = [_certificate];
                options.LocalCertificateSelectionCallback = (_, _, _, _, _) => _certificate;
            }
            await tls.AuthenticateAsClientAsync(options, limit);
            refused = await tls.ReadAsync(new byte[1], limit) == 0;
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            refused = true;
        }
        finally
        {
            if (!refused) Interlocked.Increment(ref _taken);
        }
    }

    private static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    /// <summary>A certificate like the cluster's, of another key.</summary>
    private static X509Certificate2 NewCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=starling cluster", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
