using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Tensors;

/// <summary>How many threads libtorch uses on a thread is that thread's business.</summary>
public sealed class LibTorchThreadsTests
{
    [Fact]
    public void What_another_thread_is_told_before_the_first_work_changes_nothing()
    {
        using Barrier turns = new(2);
        long threads = 0;
        Thread worker = new(() =>
        {
            LibTorch.UseThreads(1);
            turns.SignalAndWait();
            turns.SignalAndWait();
            using Tensor work = ones([1 << 20]).exp(); // large enough to be split
            threads = get_num_threads();
        });
        worker.Start();
        turns.SignalAndWait();
        Thread other = new(() => LibTorch.UseThreads(2));
        other.Start();
        other.Join();
        turns.SignalAndWait();
        worker.Join();
        LibTorch.UseThreads(1);
        Assert.Equal(1, threads);
    }

    [Fact]
    public void What_another_thread_is_told_later_changes_no_bit_of_a_product()
    {
        LibTorch.UseThreads(1);
        using Tensor a = Filled(MathF.Sin).view(64, -1), b = Filled(MathF.Cos).view(-1, 64);
        using Tensor before = a.mm(b);
        Thread other = new(() => LibTorch.UseThreads(2));
        other.Start();
        other.Join();
        using Tensor after = a.mm(b);
        LibTorch.UseThreads(1); // for threads to come
        Assert.True(before.equal(after).all().item<bool>());
    }

    private static Tensor Filled(Func<float, float> value) =>
        tensor([.. Enumerable.Range(0, 1 << 19).Select(i => value(i))]);
}
