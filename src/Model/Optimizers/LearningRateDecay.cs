namespace Starling.Model.Optimizers;

/// <summary>How the learning rate falls at the end of a training.</summary>
public enum LearningRateDecay
{
    /// <summary>The learning rate stays at its peak.</summary>
    None,
    /// <summary>The learning rate falls to 0 on a straight line.</summary>
    Linear,
    /// <summary>The learning rate falls to 0 along half a cosine.</summary>
    Cosine,
}
