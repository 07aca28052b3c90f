namespace Starling.Data.Randomness;

/// <summary>
/// The purpose of a random draw. It is part of the key of every draw, so that two purposes never share a stream. The
/// numbers define the training state: never change them, only append new ones.
/// </summary>
public enum RandomPurpose
{
    /// <summary>Order of the row groups in an epoch.</summary>
    RowGroupOrder = 1,
    /// <summary>Order of the samples inside a window of row groups.</summary>
    WindowOrder = 2,
    /// <summary>Crop, scale and flip of one view of one sample.</summary>
    Augmentation = 3,
    /// <summary>The decision to drop a sample's class label for classifier-free guidance.</summary>
    ClassDrop = 4,
    /// <summary>The token positions that are masked as attention keys.</summary>
    AttentionMask = 5,
    /// <summary>The sequence positions that the contrastive losses compare.</summary>
    ContrastSteps = 6,
    /// <summary>Dropout masks.</summary>
    Dropout = 7,
    /// <summary>Initial weights.</summary>
    Initialization = 8,
    /// <summary>Tokens drawn while sampling images.</summary>
    Sampling = 9,
    /// <summary>The samples that are held out for validation.</summary>
    HoldOut = 10,
    /// <summary>Order and augmentation of the images that a linear probe trains on.</summary>
    Probe = 11,
    /// <summary>All draws of a tokenizer's training.</summary>
    TokenizerTraining = 12,
    /// <summary>All draws of a feature network's training.</summary>
    FeatureTraining = 13,
    /// <summary>The images of a large data set that an evaluation reads.</summary>
    EvaluationChoice = 14,
}
