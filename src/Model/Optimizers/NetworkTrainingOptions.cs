using System.ComponentModel.DataAnnotations;
using Starling.Model.Tensors;

namespace Starling.Model.Optimizers;

/// <summary>
/// What the trainings of tokenizers and of classifiers have in common. Each kind of training has defaults of its own.
/// </summary>
public abstract record NetworkTrainingOptions
{
    /// <summary>Seed of the initial weights and of every draw.</summary>
    public ulong Seed { get; init; }

    /// <summary>Number of optimizer steps.</summary>
    [Range(1L, long.MaxValue)]
    public long Steps { get; init; }

    /// <summary>Number of images in a step.</summary>
    [Range(1, 65536)]
    public int Batch { get; init; }

    /// <summary>Largest learning rate.</summary>
    [Range(0.0, 1.0)]
    public double LearningRate { get; init; }

    /// <summary>Steps over which the learning rate grows linearly from 0.</summary>
    [Range(0L, long.MaxValue)]
    public long WarmupSteps { get; init; }

    /// <summary>Largest norm of a network's gradient; 0 for no clipping.</summary>
    [Range(0.0, 1e9)]
    public double Clip { get; init; } = 1.0;

    /// <summary>Arithmetic of the networks. Weights and losses are always float32.</summary>
    public Precision Precision { get; init; } = Precision.BFloat16;

    /// <summary>Number of compute threads.</summary>
    [Range(1, 1024)]
    public int Threads { get; init; } = 1;

    /// <summary>Returns the learning rate's schedule over the whole training.</summary>
    public abstract LearningRateSchedule Schedule();

    /// <summary>A schedule that warms up and then follows a decay.</summary>
    /// <param name="decay">The form of the decay.</param>
    /// <param name="decayEnd">The step at which the decay reaches 0.</param>
    protected LearningRateSchedule ScheduleWith(LearningRateDecay decay, long decayEnd) => new()
    {
        Peak = LearningRate,
        WarmupSteps = WarmupSteps,
        Decay = decay,
        DecayStart = WarmupSteps,
        DecayEnd = decayEnd,
    };
}
