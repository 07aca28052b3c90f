using System.Numerics;

namespace Starling.Data.Randomness;

/// <summary>
/// Random numbers that are a pure function of a key (seed, purpose, indices). There is no global generator. A
/// checkpoint therefore holds no random state, and no draw depends on the process or thread that made the draw before
/// it. The stream is xoshiro256** (Blackman and Vigna, 2018). SplitMix64 fills its state from the hashed key.
/// </summary>
public struct KeyedRandom
{
    private ulong _s0, _s1, _s2, _s3;

    private KeyedRandom(ulong key)
    {
        _s0 = SplitMix(ref key);
        _s1 = SplitMix(ref key);
        _s2 = SplitMix(ref key);
        _s3 = SplitMix(ref key);
    }

    /// <summary>
    /// Returns the stream of a key: a run's seed, the purpose, and up to three indices (step, sample, view…).
    /// </summary>
    public static KeyedRandom For(ulong seed, RandomPurpose purpose, long a = 0, long b = 0, long c = 0) =>
        new(Key(seed, purpose, a, b, c));

    /// <summary>
    /// Computes the 64-bit key of a stream of <see cref="For"/>. Generators on devices are seeded with it too.
    /// </summary>
    public static ulong Key(ulong seed, RandomPurpose purpose, long a = 0, long b = 0, long c = 0)
    {
        ulong key = seed;
        key = Absorb(key, (ulong)purpose);
        key = Absorb(key, (ulong)a);
        key = Absorb(key, (ulong)b);
        return Absorb(key, (ulong)c);
    }

    /// <summary>Draws 64 uniformly random bits.</summary>
    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9, t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Draws a number that is uniform in [0, 1), with 53 random bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>
    /// Draws a whole number that is uniform in [0, <paramref name="exclusive"/>), without bias (Lemire, 2019).
    /// </summary>
    public int Below(int exclusive)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusive);
        uint range = (uint)exclusive, floor = (uint)-exclusive % range;
        while (true)
        {
            ulong product = (NextUInt64() >> 32) * range;
            if ((uint)product >= floor) return (int)(product >> 32);
        }
    }

    /// <summary>Draws true with probability <paramref name="probability"/>.</summary>
    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>Puts <paramref name="items"/> in uniformly random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>
    /// Draws <paramref name="count"/> distinct numbers of 0..<paramref name="exclusive"/>-1, in random order.
    /// </summary>
    public int[] Choose(int count, int exclusive)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, exclusive);
        int[] all = new int[exclusive];
        for (int i = 0; i < exclusive; i++) all[i] = i;
        for (int i = 0; i < count; i++)
        {
            int j = i + Below(exclusive - i);
            (all[i], all[j]) = (all[j], all[i]);
        }
        return all[..count];
    }

    private static ulong Absorb(ulong key, ulong value)
    {
        ulong state = key ^ (value * 0x9E3779B97F4A7C15UL);
        return SplitMix(ref state) ^ BitOperations.RotateLeft(key, 23);
    }

    private static ulong SplitMix(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
