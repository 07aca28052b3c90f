using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Tensors;

/// <summary>The number of libtorch's threads is set for each thread alone.</summary>
public sealed class LibTorchThreadsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_another_thread_is_told_changes_neither_the_number_nor_a_bit(bool beforeTheFirstWork)
    {
        using var scope = NewDisposeScope();
        int before = get_num_threads();
        // For products of these shapes two threads share a sum, and round it differently than one thread.
        Tensor a = Filled(MathF.Sin).view(64, -1), b = Filled(MathF.Cos).view(-1, 64);
        LibTorch.SetThreadsOfThisThread(1);
        byte[] expected = a.mm(b).bytes.ToArray(), found = [];
        int threads = 0;
        Run(() =>
        {
            LibTorch.SetThreadsOfThisThread(1);
            if (!beforeTheFirstWork) Product();
            Run(() => LibTorch.SetThreadsOfThisThread(2));
            found = Product();
            threads = get_num_threads();
        });
        LibTorch.SetThreadsOfThisThread(before); // a new thread takes over the number that was set last
        Assert.Equal(1, threads);
        Assert.Equal(expected, found);

        byte[] Product()
        {
            using Tensor product = a.mm(b);
            return product.bytes.ToArray();
        }
    }

    private static void Run(ThreadStart work)
    {
        Thread thread = new(work);
        thread.Start();
        thread.Join();
    }

    private static Tensor Filled(Func<float, float> value) =>
        tensor([.. Enumerable.Range(0, 1 << 19).Select(i => value(i))]);
}
