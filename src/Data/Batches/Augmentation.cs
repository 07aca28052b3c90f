namespace Starling.Data.Batches;

/// <summary>How the views of an image are made.</summary>
public enum Augmentation
{
    /// <summary>The centre crop; mirrored at random if flips are on.</summary>
    None,
    /// <summary>
    /// Distinct crops of LlamaGen's ten (four corners and centre, plain and mirrored), from a centre crop of a size
    /// drawn for each image. Mirrored crops belong to the ten, whether flips are on or not.
    /// </summary>
    TenCrop,
    /// <summary>torchvision's RandomResizedCrop for each view; mirrored at random if flips are on.</summary>
    RandomResizedCrop,
}
