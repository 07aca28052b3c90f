using System.IO.Compression;
using Starling.Data;
using Starling.Data.Randomness;
using Starling.Model.Import;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Import;

/// <summary>
/// Reading any file, however damaged or hostile, gives weights or an error of one line that names the file, and uses
/// limited memory.
/// </summary>
public sealed class DamagedArchiveTests : IDisposable
{
    private const long MemoryBound = 512L << 20;

    private readonly TempFolder _folder = new();

    private string Pt => _folder["weights.pt"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] whole = File.ReadAllBytes(Golden.PathOf("pt/gpt_raw.pt"));
        for (int length = 0; length < whole.Length; length += whole.Length / 40)
        {
            File.WriteAllBytes(Pt, whole[..length]);
            AssertRefused();
        }
    }

    [Fact]
    public void Damaged_bytes_never_get_past_the_reader_as_anything_but_weights_or_a_refusal()
    {
        byte[] whole = File.ReadAllBytes(Golden.PathOf("pt/views.pt"));
        KeyedRandom random = KeyedRandom.For(1, RandomPurpose.Probe);
        for (int round = 0; round < 1500; round++)
        {
            byte[] damaged = [.. whole];
            for (int i = random.Below(3); i >= 0; i--) damaged[random.Below(damaged.Length)] = (byte)random.Below(256);
            File.WriteAllBytes(Pt, damaged);
            using var scope = NewDisposeScope();
            try
            {
                WeightFile.Read(Pt);
            }
            catch (StarlingException e)
            {
                Assert.Contains(Pt, e.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', e.Message);
            }
        }
    }

    [Theory]
    [InlineData("lists", "nest")]
    [InlineData("marks", "nest")]
    [InlineData("tuples", "nest")]
    [InlineData("dictionaries", "nest")]
    [InlineData("remembered lists", "nest")]
    [InlineData("numbers", "operations")]
    public void A_pickle_that_goes_on_without_end_is_refused(string what, string expected)
    {
        const int times = 3_000_000;
        PickleBuilder pickle = what switch
        {
            "lists" => new PickleBuilder().Repeat(times, (byte)']'),
            "marks" => new PickleBuilder().Repeat(times, (byte)'('),
            "tuples" => new PickleBuilder().Op(')').Repeat(times, 0x85),
            "dictionaries" => new PickleBuilder().Repeat(times, (byte)'}', (byte)'K', 1),
            "remembered lists" => new PickleBuilder().Op(']').Raw((byte)'q', 0)
                .Repeat(times, (byte)']', (byte)'h', 0, (byte)'a', (byte)'q', 0, (byte)'0'),
            _ => new PickleBuilder().Repeat(times, (byte)'N', (byte)'0'),
        };
        pickle.Save(Pt);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(expected, AssertRefused());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MemoryBound);
    }

    [Fact]
    public void Nesting_beside_good_weights_is_refused_too()
    {
        new PickleBuilder().Op('}').Text("w").Tensor("0", 1, 0, [1], [1]).Op('s')
            .Text("args").Op(')').Repeat(500, 0x85).Op('s').Save(Pt, ("0", new byte[4]));
        Assert.Contains("nest", AssertRefused());
    }

    [Theory]
    [InlineData(6, 0, 7, 1)]
    [InlineData(6, 1, 6, 1)]
    [InlineData(6, 0, 4, 2)]
    [InlineData(6, long.MaxValue, 2, 1)]
    [InlineData(6, 0, 3, long.MaxValue)]
    [InlineData(6, 7, 1, 1)]
    public void A_view_outside_its_storage_is_refused(long elements, long offset, long size, long stride)
    {
        new PickleBuilder().Op('}').Text("w").Tensor("0", elements, offset, [size], [stride]).Op('s')
            .Save(Pt, ("0", new byte[24]));
        Assert.Contains("outside its storage", AssertRefused());
    }

    [Theory]
    [InlineData(1L << 40, 1)]
    [InlineData(1L << 40, 1L << 40)]
    [InlineData(0, long.MaxValue)]
    public void A_small_file_cannot_ask_for_much_memory(long rows, long columns)
    {
        new PickleBuilder().Op('}').Text("w").Tensor("0", 6, 0, [rows, columns], [0, 0]).Op('s')
            .Save(Pt, ("0", new byte[24]));
        AssertRefused();
    }

    [Fact]
    public void Storages_of_another_size_missing_ones_and_other_byte_orders_are_refused()
    {
        PickleBuilder pickle = new PickleBuilder().Op('}').Text("w").Tensor("0", 6, 0, [6], [1]).Op('s');
        pickle.Save(Pt, ("0", new byte[20]));
        Assert.Contains("20 bytes", AssertRefused());
        pickle.Save(Pt);
        Assert.Contains("storage 0 is missing", AssertRefused());
        PickleBuilder.Save(Pt, pickle.Bytes, [("0", new byte[24])], byteOrder: "big");
        Assert.Contains("big-endian", AssertRefused());
    }

    [Fact]
    public void Compressed_archives_are_refused_so_that_no_bomb_can_inflate()
    {
        byte[] pickle = new PickleBuilder().Op('}').Text("w").Tensor("0", 1 << 20, 0, [1 << 20], [1]).Op('s').Bytes;
        PickleBuilder.Save(Pt, pickle, [("0", new byte[4 << 20])], CompressionLevel.SmallestSize);
        Assert.Contains("compressed", AssertRefused());
    }

    [Fact]
    public void Files_of_other_kinds_are_refused_by_name()
    {
        File.WriteAllBytes(Pt, [0x80, 2, 0x8A, 10, 1, 2, 3]);
        Assert.Contains("before 1.6", AssertRefused());
        File.WriteAllText(Pt, "not weights at all");
        AssertRefused();
        new PickleBuilder().Op(']').Save(Pt);
        Assert.Contains("no dictionary", AssertRefused());
        new PickleBuilder().Op('}').Text("epoch").Raw((byte)'K', 3).Op('s').Save(Pt);
        Assert.Contains("only the keys: epoch", AssertRefused());
        File.Delete(Pt);
        Assert.Contains("cannot be read", AssertRefused());
    }

    private string AssertRefused()
    {
        using var scope = NewDisposeScope();
        StarlingException error = Assert.Throws<StarlingException>(() => WeightFile.Read(Pt));
        Assert.Contains(Pt, error.Message, StringComparison.Ordinal);
        return error.Message;
    }
}
