namespace Starling.Data.Randomness;

/// <summary>
/// What a random draw is for; part of the key of every draw, so that no two uses ever share a stream.
/// The numbers are part of the training state's definition: never renumber, only append.
/// </summary>
public enum RandomPurpose
{
    /// <summary>Order of the row groups in an epoch.</summary>
    RowGroupOrder = 1,
    /// <summary>Order of the samples inside a window of row groups.</summary>
    WindowOrder = 2,
    /// <summary>Crop, scale and flip of one view of one sample.</summary>
    Augmentation = 3,
    /// <summary>Whether a sample's class label is dropped for classifier-free guidance.</summary>
    ClassDrop = 4,
    /// <summary>Which token positions are masked as attention keys.</summary>
    AttentionMask = 5,
    /// <summary>Which sequence positions the contrastive losses compare.</summary>
    ContrastSteps = 6,
    /// <summary>Dropout masks.</summary>
    Dropout = 7,
    /// <summary>Initial weights.</summary>
    Initialization = 8,
    /// <summary>Tokens drawn while sampling images.</summary>
    Sampling = 9,
    /// <summary>Which samples are held out for validation.</summary>
    HoldOut = 10,
    /// <summary>Order and augmentation of the images a linear probe trains on.</summary>
    Probe = 11,
    /// <summary>Tokenizer training.</summary>
    TokenizerTraining = 12,
    /// <summary>Feature network training.</summary>
    FeatureTraining = 13,
    /// <summary>Which images of a large data set an evaluation looks at.</summary>
    EvaluationChoice = 14,
}
