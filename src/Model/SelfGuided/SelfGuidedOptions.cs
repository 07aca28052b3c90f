using System.ComponentModel.DataAnnotations;

namespace Starling.Model.SelfGuided;

/// <summary>
/// The losses of ST-AR (arXiv 2509.15185, sections 3.3 and 4.1), with every choice that the paper leaves open. The
/// defaults follow the paper where it decides. Where it does not, a property's summary names the source of the default.
/// </summary>
public sealed record SelfGuidedOptions
{
    /// <summary>
    /// Whether ST-AR is used. False trains plain LlamaGen: next-token loss only, no teacher's forward pass, no mask.
    /// </summary>
    public bool Enabled { get; init; } = true;

    /// <summary>α, the weight of the masked-attention loss (Eq. 8).</summary>
    [Range(0.0, 1000.0)]
    public double Alpha { get; init; } = 1.0;

    /// <summary>β, the weight of the two contrastive losses, half of it for each (Eq. 8).</summary>
    [Range(0.0, 1000.0)]
    public double Beta { get; init; } = 0.5;

    /// <summary>
    /// r, the fraction of the positions of image tokens that no query may attend to (Eq. 3; Table 4).
    /// </summary>
    [Range(0.0, 0.95)]
    public double MaskRatio { get; init; } = 0.25;

    /// <summary>
    /// How the number of masked positions is chosen: exactly ⌊r·T⌋ (as MAE and BEiT do), or each position with
    /// probability r.
    /// </summary>
    public MaskCount MaskCount { get; init; } = MaskCount.Exact;

    /// <summary>
    /// Whether a masked token may attend to itself. The paper sets −∞ for masked tokens without an exception, so the
    /// default is no.
    /// </summary>
    public bool KeepDiagonal { get; init; }

    /// <summary>
    /// The positions that Eq. 4 averages over. The paper's text says all T; its Fig. 3 draws only the masked ones.
    /// </summary>
    public MimPositions MimPositions { get; init; } = MimPositions.All;

    /// <summary>
    /// The features that Eq. 4 compares: the output of the last block, or the same after the final norm.
    /// </summary>
    public MimTap MimTap { get; init; } = MimTap.BlockOutput;

    /// <summary>M, the number of views of each image (section 4.1: 2). L_view needs 2 or more.</summary>
    [Range(1, 10)]
    public int Views { get; init; } = 2;

    /// <summary>
    /// Number of views that the student sees; 0 for all. The paper's text feeds all M to the student, its Fig. 3 only
    /// one.
    /// </summary>
    [Range(0, 10)]
    public int StudentViews { get; init; }

    /// <summary>
    /// K, the number of positions drawn each step for the contrastive losses (section 4.1: 4; Table 6).
    /// </summary>
    [Range(1, 4096)]
    public int ContrastSteps { get; init; } = 4;

    /// <summary>
    /// The block whose output the contrastive losses use, counted from 1 (Table 5); 0 for half the number of blocks.
    /// </summary>
    [Range(0, 1000)]
    public int Depth { get; init; }

    /// <summary>τ of InfoNCE. The paper does not give it; 0.2 is MoCo v3's value for transformers.</summary>
    [Range(0.001, 100.0)]
    public double Temperature { get; init; } = 0.2;

    /// <summary>
    /// How the teacher's features are normalized before the cosine. data2vec and MAE normalize their targets.
    /// </summary>
    public KeyNormalization KeyNormalization { get; init; } = KeyNormalization.None;

    /// <summary>
    /// The images that serve as negatives: those of the whole global batch (as in MoCo v3), or those of the anchor's
    /// replica.
    /// </summary>
    public NegativeScope Negatives { get; init; } = NegativeScope.GlobalBatch;

    /// <summary>Whether images of the anchor's class are no negatives.</summary>
    public bool SkipSameClassNegatives { get; init; }

    /// <summary>Hidden width of the projector f: Linear–SiLU–Linear–SiLU–Linear.</summary>
    [Range(1, 65536)]
    public int ProjectorHidden { get; init; } = 2048;

    /// <summary>The decay of the teacher's moving average (section 4.1: 0.9999).</summary>
    [Range(0.0, 1.0)]
    public double EmaDecay { get; init; } = 0.9999;

    /// <summary>
    /// Whether the decay at step s is min(decay, (1+s)/(10+s)). With the full decay, the teacher of a short run would
    /// stay near its random start.
    /// </summary>
    public bool EmaWarmup { get; init; }

    /// <summary>Number of steps over which α and β grow linearly from 0; 0 for no growth.</summary>
    [Range(0, int.MaxValue)]
    public int RampSteps { get; init; }

    /// <summary>Number of views that go through the student.</summary>
    public int EffectiveStudentViews => !Enabled || StudentViews == 0 ? Views : Math.Min(StudentViews, Views);

    /// <summary>
    /// The number of the contrastive block, from 1, in a network of <paramref name="layers"/> blocks.
    /// </summary>
    public int EffectiveDepth(int layers) => Depth == 0 ? Math.Max(1, layers / 2) : Depth;
}

/// <summary>How the number of masked positions of a sequence is chosen.</summary>
public enum MaskCount
{
    /// <summary>Exactly ⌊r·T⌋.</summary>
    Exact,
    /// <summary>Each position of an image token independently with probability r.</summary>
    Bernoulli,
}

/// <summary>The positions that L_MIM averages over.</summary>
public enum MimPositions
{
    /// <summary>All T (the paper's text).</summary>
    All,
    /// <summary>The masked ones only (the paper's Fig. 3).</summary>
    MaskedOnly,
}

/// <summary>The features that L_MIM compares.</summary>
public enum MimTap
{
    /// <summary>The last block's output.</summary>
    BlockOutput,
    /// <summary>The last block's output after the final RMSNorm.</summary>
    FinalNorm,
}

/// <summary>How the teacher's contrastive features are normalized.</summary>
public enum KeyNormalization
{
    /// <summary>To unit length only.</summary>
    None,
    /// <summary>By LayerNorm without parameters, then to unit length.</summary>
    LayerNorm,
}

/// <summary>The images that the negatives of InfoNCE come from.</summary>
public enum NegativeScope
{
    /// <summary>All images of the global batch, whichever replica holds them.</summary>
    GlobalBatch,
    /// <summary>The images of the anchor's replica.</summary>
    Replica,
}
