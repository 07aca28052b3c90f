using Starling.Model.Features;
using Starling.Model.Optimizers;
using Starling.Model.Tokenizer;

namespace Starling.Model.Tests.Optimizers;

/// <summary>
/// Learning rates that earlier versions of the program used, each training with code of its own. Weights that were
/// trained with them depend on every bit, so that the comparison is exact.
/// </summary>
public sealed class LearningRateScheduleTests
{
    [Theory]
    [InlineData(0.0001, 3, 0, 0, 3.3333333333333335E-05)]
    [InlineData(0.0001, 3, 0, 1, 6.666666666666667E-05)]
    [InlineData(0.0001, 3, 0, 2, 0.0001)]
    [InlineData(0.0001, 3, 0, 5, 0.0001)]
    [InlineData(0.0003, 7, 5, 0, 4.285714285714285E-05)]
    [InlineData(0.0003, 7, 5, 1, 8.57142857142857E-05)]
    [InlineData(0.0003, 7, 5, 2, 0.00012857142857142855)]
    [InlineData(0.0003, 7, 5, 5, 0.0002571428571428571)]
    [InlineData(0.0003, 7, 5, 6, 0.0003)]
    [InlineData(0.0003, 7, 5, 10, 0.0003)]
    [InlineData(0.0003, 7, 5, 14, 0.0003)]
    [InlineData(0.0003, 7, 5, 15, 0.0003)]
    [InlineData(0.0003, 7, 5, 17, 0.00017999999999999998)]
    [InlineData(0.0003, 7, 5, 19, 5.9999999999999995E-05)]
    [InlineData(0.0001, 0, 0, 0, 0.0001)]
    [InlineData(0.002, 15, 12, 0, 0.00013333333333333334)]
    [InlineData(0.002, 15, 12, 1, 0.0002666666666666667)]
    [InlineData(0.002, 15, 12, 2, 0.0004)]
    [InlineData(0.002, 15, 12, 5, 0.0008)]
    [InlineData(0.002, 15, 12, 6, 0.0009333333333333333)]
    [InlineData(0.002, 15, 12, 10, 0.0014666666666666667)]
    [InlineData(0.002, 15, 12, 14, 0.001)]
    [InlineData(0.002, 15, 12, 15, 0.0008333333333333334)]
    [InlineData(0.002, 15, 12, 17, 0.0005)]
    [InlineData(0.002, 15, 12, 19, 0.00016666666666666666)]
    public void A_run_keeps_the_rates_of_earlier_versions(
        double peak, int warmup, int cooldown, long step, double expected)
    {
        OptimizerOptions options = new() { LearningRate = peak, WarmupSteps = warmup, CooldownSteps = cooldown };
        AssertSameBits(expected, options.Schedule(steps: 20).At(step));
    }

    [Theory]
    [InlineData(0.002, 50, 1000, 0, 4E-05)]
    [InlineData(0.002, 50, 1000, 1, 8E-05)]
    [InlineData(0.002, 50, 1000, 6, 0.00028000000000000003)]
    [InlineData(0.002, 50, 1000, 7, 0.00032)]
    [InlineData(0.002, 50, 1000, 8, 0.00036)]
    [InlineData(0.002, 50, 1000, 13, 0.0005600000000000001)]
    [InlineData(0.002, 50, 1000, 19, 0.0008)]
    [InlineData(0.002, 50, 1000, 49, 0.002)]
    [InlineData(0.002, 50, 1000, 50, 0.002)]
    [InlineData(0.002, 50, 1000, 51, 0.001999994532080107)]
    [InlineData(0.002, 50, 1000, 333, 0.0015931230981958327)]
    [InlineData(0.002, 50, 1000, 999, 5.467919892865325E-09)]
    [InlineData(0.002, 50, 1000, 1000, 0)]
    [InlineData(0.0003, 7, 20, 0, 4.2857142857142856E-05)]
    [InlineData(0.0003, 7, 20, 1, 8.571428571428571E-05)]
    [InlineData(0.0003, 7, 20, 6, 0.0003)]
    [InlineData(0.0003, 7, 20, 7, 0.0003)]
    [InlineData(0.0003, 7, 20, 8, 0.00029564127261390776)]
    [InlineData(0.0003, 7, 20, 13, 0.00016808050203829842)]
    [InlineData(0.0003, 7, 20, 19, 4.358727386092198E-06)]
    [InlineData(0.001, 0, 9, 0, 0.001)]
    [InlineData(0.001, 0, 9, 1, 0.0009698463103929542)]
    [InlineData(0.001, 0, 9, 6, 0.0002500000000000001)]
    [InlineData(0.001, 0, 9, 7, 0.00011697777844051105)]
    [InlineData(0.001, 0, 9, 8, 3.0153689607045842E-05)]
    [InlineData(0.001, 9, 9, 0, 0.00011111111111111112)]
    [InlineData(0.001, 9, 9, 1, 0.00022222222222222223)]
    [InlineData(0.001, 9, 9, 6, 0.0007777777777777778)]
    [InlineData(0.001, 9, 9, 7, 0.0008888888888888889)]
    [InlineData(0.001, 9, 9, 8, 0.001)]
    public void A_classifiers_training_keeps_the_rates_of_earlier_versions(
        double peak, long warmup, long steps, long step, double expected)
    {
        ClassifierTrainingOptions options = new() { LearningRate = peak, WarmupSteps = warmup, Steps = steps };
        AssertSameBits(expected, options.Schedule().At(step));
    }

    [Theory]
    [InlineData(0.0001, 7, false, 0, 0, 1.4285714285714287E-05)]
    [InlineData(0.0001, 7, false, 0, 1, 2.8571428571428574E-05)]
    [InlineData(0.0001, 7, false, 0, 2, 4.285714285714286E-05)]
    [InlineData(0.0001, 7, false, 0, 4, 7.142857142857143E-05)]
    [InlineData(0.0001, 7, false, 0, 6, 0.0001)]
    [InlineData(0.0001, 7, false, 0, 7, 0.0001)]
    [InlineData(0.0003, 7, true, 0, 0, 4.2857142857142856E-05)]
    [InlineData(0.0003, 7, true, 0, 1, 8.571428571428571E-05)]
    [InlineData(0.0003, 7, true, 0, 2, 0.00012857142857142858)]
    [InlineData(0.0003, 7, true, 0, 4, 0.00021428571428571425)]
    [InlineData(0.0003, 7, true, 0, 6, 0.0003)]
    [InlineData(0.0003, 7, true, 0, 7, 0.0003)]
    [InlineData(0.0003, 7, true, 0, 8, 0.00029991442363945764)]
    [InlineData(0.0003, 7, true, 0, 31, 0.000253345037861353)]
    [InlineData(0.0003, 7, true, 0, 60, 0.00011732796618767225)]
    [InlineData(0.0003, 7, true, 0, 61, 0.0001124021201611919)]
    [InlineData(0.0003, 7, true, 0, 99, 8.557636054229988E-08)]
    [InlineData(0.0003, 7, true, 130, 0, 4.2857142857142856E-05)]
    [InlineData(0.0003, 7, true, 130, 1, 8.571428571428571E-05)]
    [InlineData(0.0003, 7, true, 130, 2, 0.00012857142857142858)]
    [InlineData(0.0003, 7, true, 130, 4, 0.00021428571428571425)]
    [InlineData(0.0003, 7, true, 130, 6, 0.0003)]
    [InlineData(0.0003, 7, true, 130, 7, 0.0003)]
    [InlineData(0.0003, 7, true, 130, 8, 0.00029995107541212843)]
    [InlineData(0.0003, 7, true, 130, 31, 0.00027268940411500763)]
    [InlineData(0.0003, 7, true, 130, 60, 0.0001823100739198472)]
    [InlineData(0.0003, 7, true, 130, 61, 0.00017855866637470023)]
    [InlineData(0.0003, 7, true, 130, 99, 4.461340925219522E-05)]
    [InlineData(0.001, 0, true, 60, 0, 0.001)]
    [InlineData(0.001, 0, true, 60, 1, 0.0009993147673772868)]
    [InlineData(0.001, 0, true, 60, 2, 0.0009972609476841367)]
    [InlineData(0.001, 0, true, 60, 4, 0.0009890738003669028)]
    [InlineData(0.001, 0, true, 60, 6, 0.0009755282581475768)]
    [InlineData(0.001, 0, true, 60, 7, 0.0009667902132486009)]
    [InlineData(0.001, 0, true, 60, 8, 0.0009567727288213005)]
    [InlineData(0.001, 0, true, 60, 31, 0.0004738320218785281)]
    [InlineData(0.001, 0, true, 60, 60, 0)]
    [InlineData(0.001, 0, true, 60, 61, 0)]
    [InlineData(0.001, 0, true, 60, 99, 0)]
    public void A_tokenizers_training_keeps_the_rates_of_earlier_versions(
        double peak, long warmup, bool cosine, long decaySteps, long step, double expected)
    {
        TokenizerTrainingOptions options = new()
        {
            LearningRate = peak, WarmupSteps = warmup, CosineDecay = cosine, DecaySteps = decaySteps, Steps = 100,
        };
        AssertSameBits(expected, options.Schedule().At(step));
    }

    private static void AssertSameBits(double expected, double actual) =>
        Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(actual));
}
