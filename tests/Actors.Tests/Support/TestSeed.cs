using System.Globalization;
using System.Security.Cryptography;
using Starling.Data.Randomness;

namespace Starling.Actors.Tests.Support;

/// <summary>A seed that differs from run to run and is printed, so that a failure can be repeated.</summary>
internal static class TestSeed
{
    public const string Variable = "STARLING_TEST_SEED";

    /// <summary>A new stream; its seed goes to the test's output.</summary>
    public static KeyedRandom New()
    {
        ulong seed = ulong.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture,
            out ulong given)
            ? given
            : (ulong)RandomNumberGenerator.GetInt32(int.MaxValue);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Variable}={seed}");
        return KeyedRandom.For(seed, RandomPurpose.Sampling);
    }
}
