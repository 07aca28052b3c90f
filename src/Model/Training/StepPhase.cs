namespace Starling.Model.Training;

/// <summary>The paragraphs of a training step, timed apart.</summary>
public enum StepPhase
{
    /// <summary>Pixels to token codes.</summary>
    Tokenize,
    /// <summary>The teacher's forward pass and the exchange of its keys.</summary>
    Teacher,
    /// <summary>The student's forward pass and the losses.</summary>
    Forward,
    /// <summary>Backward.</summary>
    Backward,
    /// <summary>Summing gradients over the replicas.</summary>
    Reduce,
    /// <summary>Norm, clipping and AdamW.</summary>
    Optimizer,
    /// <summary>The teacher's update.</summary>
    Ema,
}
