namespace Starling.Data.Batches;

/// <summary>How the views of an image are made.</summary>
public enum Augmentation
{
    /// <summary>The center crop; mirrored at random if flips are on.</summary>
    None,
    /// <summary>
    /// Distinct crops of LlamaGen's ten (four corners and center, plain and mirrored). They are taken from a center
    /// crop whose size is drawn for each image. Mirrored crops are among the ten, whether flips are on or not.
    /// </summary>
    TenCrop,
    /// <summary>torchvision's RandomResizedCrop for each view; mirrored at random if flips are on.</summary>
    RandomResizedCrop,
}
