namespace Starling.Model.Training;

/// <summary>The phases of a training step, each of which is timed.</summary>
public enum StepPhase
{
    /// <summary>The tokenizer turns pixels into token codes.</summary>
    Tokenize,
    /// <summary>The teacher's forward pass, and the exchange of its keys between trainers.</summary>
    Teacher,
    /// <summary>The student's forward pass and the losses.</summary>
    Forward,
    /// <summary>The student's backward pass.</summary>
    Backward,
    /// <summary>The sum of the gradients over all replicas.</summary>
    Reduce,
    /// <summary>Clipping and AdamW.</summary>
    Optimizer,
    /// <summary>The update of the teacher's weights.</summary>
    Ema,
}
