using Starling.Data.Randomness;
using Starling.Model.Tensors;
using Starling.Model.Transformer;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Transformer;

public class RotaryTableTests
{
    private static readonly GptShape Shape = new(16, 1, 2, 8, 9, 3); // heads of 8 have four pairs, two for each axis

    [Fact]
    public void The_class_entry_is_zero_and_all_others_turn()
    {
        using var scope = NewDisposeScope();
        Tensor table_T1 = RotaryTable.Create(Shape, CPU).abs();
        Assert.Equal([10, 1, 1, 4], table_T1.shape);
        Assert.Equal(0f, table_T1[0].max().item<float>());
        Golden.AssertClose(ones(9, 1, 1, 4), table_T1.narrow(0, 1, 9), 1e-6, "length of the rotations");
    }

    [Fact]
    public void Interleaved_pairs_turn_by_row_then_by_column()
    {
        using var scope = NewDisposeScope();
        Tensor x = empty([1, 10, 1, 1, 8]);
        TensorRandom.Normal_(x, 1, seed: 1, RandomPurpose.Initialization, 0);
        Tensor turned = RotaryTable.Rotate(x, RotaryTable.Create(Shape, CPU));
        for (int cell = 0; cell < 9; cell++)
            for (int pair = 0; pair < 4; pair++)
            {
                double angle = (pair < 2 ? cell / 3 : cell % 3) * Math.Pow(10000, -2.0 * (pair % 2) / 4);
                (double cos, double sin) = (Math.Cos(angle), Math.Sin(angle));
                double even = At(x, cell, 2 * pair), odd = At(x, cell, 2 * pair + 1);
                Assert.Equal(even * cos - odd * sin, At(turned, cell, 2 * pair), 1e-6);
                Assert.Equal(odd * cos + even * sin, At(turned, cell, 2 * pair + 1), 1e-6);
            }
        Assert.Equal(0f, turned[0, 0].abs().max().item<float>());
    }

    [Fact]
    public void Keeps_the_type_of_what_it_turns()
    {
        using var scope = NewDisposeScope();
        Tensor x = ones([1, 10, 2, 2, 8], ScalarType.BFloat16);
        Assert.Equal(ScalarType.BFloat16, RotaryTable.Rotate(x, RotaryTable.Create(Shape, CPU)).dtype);
    }

    private static double At(Tensor x, int cell, int element) => x[0, cell + 1, 0, 0, element].item<float>();
}
