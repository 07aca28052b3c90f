using System.Reflection;
using Akka.Actor;
using Starling.Actors.Coordination;
using Starling.Actors.Protocol;
using Starling.Actors.Protocol.Wire;
using Starling.Actors.Tests.Support;
using Starling.Data.Randomness;

namespace Starling.Actors.Tests.Protocol.Wire;

public sealed class StarlingSerializerTests : ActorTests
{
    private const string Remote = """
        akka.actor.provider = remote
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        """;

    // What a reader may allocate for each byte that came, and beside that.
    private const int MostPerByte = 200, MostBeside = 64 << 10;

    private readonly StarlingSerializer _serializer;
    private readonly IReadOnlyList<object> _samples;

    public StarlingSerializerTests() : base(Remote)
    {
        ExtendedActorSystem system = (ExtendedActorSystem)Sys;
        _serializer = new StarlingSerializer(system);
        _samples = WireSamples.All(
            system.Provider.ResolveActorRef("akka.tcp://starling@10.0.0.5:4000/user/trainer#42"),
            system.Provider.ResolveActorRef("akka.tcp://starling@10.0.0.6:4000/user/loader#43"));
    }

    [Fact]
    public void Every_message_comes_back_as_it_was()
    {
        foreach (object sample in _samples)
        {
            object read = _serializer.FromBinary(_serializer.ToBinary(sample), _serializer.Manifest(sample));
            Assert.IsType(sample.GetType(), read);
            Assert.Equal(MessageDump.Of(sample), MessageDump.Of(read));
        }
    }

    /// <summary>A new message needs an entry in the wire's list, or has to say that it stays in its process.</summary>
    [Fact]
    public void Every_message_of_every_protocol_travels_or_says_that_it_does_not()
    {
        IEnumerable<Type> nested = typeof(SupervisorProtocol).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: true, IsSealed: true } && type.Name.EndsWith("Protocol", default))
            .SelectMany(protocol => protocol.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic))
            .Where(type => type is { IsSealed: true, IsAbstract: false } && !type.IsEnum);
        Type[] lost = [.. nested.Where(type => !type.IsAssignableTo(typeof(INoSerializationVerificationNeeded)) &&
            !WireMessages.ByType.ContainsKey(type) && !IsPartOfAnother(type))];
        Assert.Empty(lost);
    }

    [Fact]
    public void Every_message_has_a_sample_with_no_property_at_its_default()
    {
        Assert.Equal(
            WireMessages.ByType.Keys.Select(type => type.Name).Order(),
            _samples.Select(sample => sample.GetType().Name).Order());
        Assert.All(_samples, sample => Assert.Empty(MessageDump.Defaults(sample)));
    }

    [Fact]
    public void What_is_absent_stays_absent()
    {
        foreach (object sample in (object[])
        [
            new SupervisorProtocol.EvaluationEnded(300, null),
            new SupervisorProtocol.RunEnded(RunOutcome.Completed, 5000, null),
            new LoaderProtocol.LoadedTokens(0, 0, 0, 1, 1, 1, 2, default, [], []),
        ])
        {
            object read = _serializer.FromBinary(_serializer.ToBinary(sample), _serializer.Manifest(sample));
            Assert.Equal(MessageDump.Of(sample), MessageDump.Of(read));
        }
    }

    /// <summary>
    /// Bytes that a released version wrote say the same for ever. STARLING_UPDATE_GOLDEN=1 adds the lines of new
    /// messages.
    /// </summary>
    [Fact]
    public void Messages_of_earlier_versions_can_still_be_read()
    {
        WireGolden golden = WireGolden.Read();
        foreach (WireGolden.Entry entry in golden.Entries)
        {
            IReadOnlyList<string> now =
                MessageDump.Of(_serializer.FromBinary(entry.Bytes, entry.Manifest));
            Assert.All(entry.Contents, line => Assert.Contains(line, now));
        }
        WireGolden.Entry[] written = [.. _samples.Select(sample => new WireGolden.Entry(
            _serializer.Manifest(sample), _serializer.ToBinary(sample), MessageDump.Of(sample)))];
        golden.Append(written.Where(entry => !golden.Has(entry)));
        Assert.All(written, entry => Assert.True(golden.Has(entry), $"{entry.Manifest} is written in another way now"));
    }

    [Fact]
    public void A_field_that_a_later_version_adds_is_skipped()
    {
        SupervisorProtocol.Registered sample = new(7);
        using WireWriter more = new();
        more.Long(1, 7).Text(2, "news").Double(3, 1.5).Bytes(99, new byte[] { 1, 2, 3 });
        Assert.Equal(sample, _serializer.FromBinary(more.ToArray(), _serializer.Manifest(sample)));
    }

    [Fact]
    public void What_is_no_message_between_nodes_is_refused_by_name()
    {
        Assert.Contains("System.Version",
            Assert.Throws<WireRefusedException>(() => _serializer.ToBinary(new Version(1, 2))).Message);
        Assert.Throws<WireRefusedException>(() => _serializer.Manifest("text"));
        Assert.Contains("sup.none9",
            Assert.Throws<WireRefusedException>(() => _serializer.FromBinary([], "sup.none9")).Message);
    }

    [Fact]
    public void What_is_too_large_is_refused_on_both_sides()
    {
        SupervisorProtocol.Fatal large = new(new string('x', StarlingSerializer.MaxBytes));
        Assert.Throws<WireRefusedException>(() => _serializer.ToBinary(large));
        Assert.Throws<WireRefusedException>(() =>
            _serializer.FromBinary(new byte[StarlingSerializer.MaxBytes + 1], "sup.fatal1"));
    }

    [Fact]
    public void Sizes_that_do_not_fit_and_values_that_do_not_exist_are_refused()
    {
        LoaderProtocol.LoadedTokens tokens = new(12, 3, 0, 1, 2, 4, 2, new byte[32], [5, 6], []);
        LoaderProtocol.LoadedTokens[] wrong =
        [
            tokens with { Labels = [5] }, tokens with { CodeBytes = 3 }, tokens with { Part = 1 },
            tokens with { Parts = int.MaxValue }, tokens with { Views = int.MaxValue, Tokens = int.MaxValue },
        ];
        Assert.All(wrong, part => Assert.Throws<WireRefusedException>(() =>
            _serializer.FromBinary(_serializer.ToBinary(part), _serializer.Manifest(part))));
        Assert.Throws<WireRefusedException>(() => _serializer.FromBinary([0x08, 99], "sup.over1"));
        Assert.Throws<WireRefusedException>(() => _serializer.FromBinary([], "sup.trainer1")); // no actor
    }

    [Fact]
    public void Damaged_bytes_are_refused_and_cost_no_memory()
    {
        KeyedRandom random = TestSeed.New();
        foreach (object sample in _samples)
        {
            byte[] good = _serializer.ToBinary(sample);
            string manifest = _serializer.Manifest(sample);
            for (int round = 0; round < 200; round++)
            {
                Survive(Flipped(good, ref random), manifest);
                Survive(good[..random.Below(good.Length + 1)], manifest);
                Survive(Noise(ref random), manifest);
            }
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07 })] // a text of 2 GB
    [InlineData(new byte[] { 0x12, 0xFF, 0xFF, 0xFF, 0x7F, 0x00 })] // 256 MB
    [InlineData(new byte[] { 0x0B, 0x0B, 0x0B, 0x0B })] // groups
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })] // no end
    public void Lengths_that_came_are_not_believed(byte[] bytes)
    {
        foreach (WireMessage message in WireMessages.All) Survive(bytes, message.Manifest);
    }

    [Fact]
    public void Many_fields_and_deep_nesting_are_refused()
    {
        byte[] fields = new byte[100_000];
        for (int i = 0; i < fields.Length; i += 2) fields[i] = 0x0A; // empty texts
        Survive(fields, "sup.fatal1");
        Assert.Throws<WireRefusedException>(() => _serializer.FromBinary(fields, "sup.fatal1"));
    }

    private static bool IsPartOfAnother(Type type) => type == typeof(NodeProtocol.MemberStatus);

    private void Survive(byte[] bytes, string manifest)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            _serializer.FromBinary(bytes, manifest);
        }
        catch (WireRefusedException)
        {
            // The only kind there may be: anything else fails the test.
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= MostBeside + ((long)MostPerByte * bytes.Length),
            $"{allocated} bytes allocated for {bytes.Length} of {manifest}");
    }

    private static byte[] Flipped(byte[] good, ref KeyedRandom random)
    {
        byte[] bytes = [.. good];
        for (int flips = 1 + random.Below(4); flips > 0 && bytes.Length > 0; flips--)
            bytes[random.Below(bytes.Length)] ^= (byte)(1 << random.Below(8));
        return bytes;
    }

    private static byte[] Noise(ref KeyedRandom random)
    {
        byte[] bytes = new byte[random.Below(64)];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)random.Below(256);
        return bytes;
    }
}
