namespace Starling.Data.Batches;

/// <summary>How a view is cropped from a picture.</summary>
public enum Augmentation
{
    /// <summary>The centre.</summary>
    None,
    /// <summary>One of ten crops.</summary>
    TenCrop,
    /// <summary>A random part, resized.</summary>
    RandomResizedCrop,
}
