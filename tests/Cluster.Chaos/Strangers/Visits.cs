using System.Runtime.InteropServices;
using System.Text;
using Starling.Cluster.Chaos.Harness;
using Starling.Data.Randomness;

namespace Starling.Cluster.Chaos.Strangers;

/// <summary>Draws what strangers do. All is drawn before the first one comes, so a seed repeats it.</summary>
internal static class Visits
{
    /// <summary>A record of TLS that promises 512 bytes of a client's hello.</summary>
    private static readonly byte[] TlsHello = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3];

    private static readonly byte[] Request = Encoding.ASCII.GetBytes(
        "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/plain\r\nUser-Agent: stranger\r\n\r\n");

    /// <summary>Visits where the members take messages.</summary>
    /// <param name="members">The members.</param>
    /// <param name="each">How many visits at each.</param>
    /// <param name="random">The choices.</param>
    public static Visit[] AtMessages(IReadOnlyList<Member> members, int each, ref KeyedRandom random)
    {
        List<Visit> visits = [];
        foreach (Member member in members)
        {
            for (int i = 0; i < each; i++)
            {
                (Approach approach, byte[] words) = random.Below(5) switch
                {
                    0 => (Approach.Words, []),
                    1 => (Approach.Words, Noise(1 + random.Below(4096), ref random)),
                    2 => (Approach.Words, [.. TlsHello, .. Noise(random.Below(400), ref random)]),
                    3 => (Approach.NoCertificate, []),
                    _ => (Approach.OwnCertificate, (byte[])[]),
                };
                visits.Add(new Visit(member.Port, approach, words, Stays: random.Chance(0.5)));
            }
        }
        random.Shuffle<Visit>(CollectionsMarshal.AsSpan(visits));
        return [.. visits];
    }

    /// <summary>Slow scrapes of all members' metrics: half of a request, or an answer that nobody reads.</summary>
    public static Visit[] AtMetrics(IReadOnlyList<Member> members, int each, ref KeyedRandom random)
    {
        List<Visit> visits = [];
        foreach (Member member in members)
        {
            for (int i = 0; i < each; i++)
            {
                byte[] words = random.Chance(0.1) ? Request : Request[..random.Below(Request.Length)];
                visits.Add(new Visit(member.Metrics.Port, Approach.Words, words, Stays: true));
            }
        }
        return [.. visits];
    }

    /// <summary>
    /// Visits at a port of the trainers' exchange, which is not known yet: among them greetings as members send them
    /// (<c>rendezvous.h</c>), but with a secret that is a guess.
    /// </summary>
    public static Visit[] AtExchange(int count, ref KeyedRandom random)
    {
        List<Visit> visits = [];
        for (int i = 0; i < count; i++)
        {
            byte[] words = random.Below(5) switch
            {
                0 => [],
                1 => Noise(1 + random.Below(256), ref random),
                2 => "STARLHI1"u8.ToArray(),
                _ => [.. "STARLHI1"u8, (byte)random.Below(3), 0, 0, 0, .. Noise(32, ref random)],
            };
            visits.Add(new Visit(Port: 0, Approach.Words, words, Stays: random.Chance(0.5)));
        }
        return [.. visits];
    }

    private static byte[] Noise(int count, ref KeyedRandom random)
    {
        byte[] noise = new byte[count];
        for (int i = 0; i < count; i++) noise[i] = (byte)random.NextUInt64();
        return noise;
    }
}
