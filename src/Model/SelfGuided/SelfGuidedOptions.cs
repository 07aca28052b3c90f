using System.ComponentModel.DataAnnotations;

namespace Starling.Model.SelfGuided;

/// <summary>
/// ST-AR's losses (arXiv 2509.15185, sections 3.3 and 4.1) with every choice the paper leaves open. The defaults follow
/// the paper where it speaks; each remark names the source of the others.
/// </summary>
public sealed record SelfGuidedOptions
{
    /// <summary>False trains plain LlamaGen: next-token loss only, no teacher forward, no mask.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>α, the weight of the masked-attention loss (Eq. 8).</summary>
    [Range(0.0, 1000.0)]
    public double Alpha { get; init; } = 1.0;

    /// <summary>β, the weight of the two contrastive losses, halved between them (Eq. 8).</summary>
    [Range(0.0, 1000.0)]
    public double Beta { get; init; } = 0.5;

    /// <summary>r, the share of image-token positions that no query may attend to (Eq. 3; Table 4).</summary>
    [Range(0.0, 0.95)]
    public double MaskRatio { get; init; } = 0.25;

    /// <summary>How many positions are masked: exactly ⌊r·T⌋ (MAE, BEiT), or each with probability r.</summary>
    public MaskCount MaskCount { get; init; } = MaskCount.Exact;

    /// <summary>A masked token may still attend to itself. The paper's −∞ for masked tokens reads as no.</summary>
    public bool KeepDiagonal { get; init; }

    /// <summary>Which positions Eq. 4 averages over: the text says all T, Fig. 3 draws only the masked ones.</summary>
    public MimPositions MimPositions { get; init; } = MimPositions.All;

    /// <summary>Features Eq. 4 compares: the last block's output, or the same after the final norm.</summary>
    public MimTap MimTap { get; init; } = MimTap.BlockOutput;

    /// <summary>M, views of each image (section 4.1: 2). The view loss needs 2 or more.</summary>
    [Range(1, 10)]
    public int Views { get; init; } = 2;

    /// <summary>Views that the student sees: the text feeds all M, Fig. 3 only one. 0 means all.</summary>
    [Range(0, 10)]
    public int StudentViews { get; init; }

    /// <summary>K, positions drawn each step for the contrastive losses (section 4.1: 4; Table 6).</summary>
    [Range(1, 4096)]
    public int ContrastSteps { get; init; } = 4;

    /// <summary>
    /// Block whose output the contrastive losses use, counted from 1 (Table 5). 0 means half the depth.
    /// </summary>
    [Range(0, 1000)]
    public int Depth { get; init; }

    /// <summary>τ of InfoNCE; not in the paper. 0.2 is MoCo v3's for transformers.</summary>
    [Range(0.001, 100.0)]
    public double Temperature { get; init; } = 0.2;

    /// <summary>
    /// How teacher features are normalised before the cosine; data2vec and MAE normalise their targets.
    /// </summary>
    public KeyNormalization KeyNormalization { get; init; } = KeyNormalization.None;

    /// <summary>
    /// Which images serve as negatives: the whole global batch (MoCo v3), or the same logical replica's.
    /// </summary>
    public NegativeScope Negatives { get; init; } = NegativeScope.GlobalBatch;

    /// <summary>Images of the anchor's class are not used as negatives.</summary>
    public bool SkipSameClassNegatives { get; init; }

    /// <summary>Hidden width of the projector f: Linear–SiLU–Linear–SiLU–Linear.</summary>
    [Range(1, 65536)]
    public int ProjectorHidden { get; init; } = 2048;

    /// <summary>The teacher's decay (section 4.1: 0.9999).</summary>
    [Range(0.0, 1.0)]
    public double EmaDecay { get; init; } = 0.9999;

    /// <summary>
    /// Uses min(decay, (1+s)/(10+s)) at step s: a short run's teacher would stay near its random start.
    /// </summary>
    public bool EmaWarmup { get; init; }

    /// <summary>Steps over which α and β grow linearly from 0; 0 for none.</summary>
    [Range(0, int.MaxValue)]
    public int RampSteps { get; init; }

    /// <summary>Views that go through the student.</summary>
    public int EffectiveStudentViews => !Enabled || StudentViews == 0 ? Views : Math.Min(StudentViews, Views);

    /// <summary>The contrastive block for a network of <paramref name="layers"/> blocks.</summary>
    public int EffectiveDepth(int layers) => Depth == 0 ? Math.Max(1, layers / 2) : Depth;
}

/// <summary>How many positions a sequence's attention mask hides.</summary>
public enum MaskCount
{
    /// <summary>Exactly ⌊r·T⌋.</summary>
    Exact,
    /// <summary>Each maskable position independently with probability r.</summary>
    Bernoulli,
}

/// <summary>Positions of the masked-attention loss.</summary>
public enum MimPositions
{
    /// <summary>All T (the paper's text).</summary>
    All,
    /// <summary>Only the masked ones (its Fig. 3).</summary>
    MaskedOnly,
}

/// <summary>Features of the masked-attention loss.</summary>
public enum MimTap
{
    /// <summary>The last block's output.</summary>
    BlockOutput,
    /// <summary>After the final RMSNorm.</summary>
    FinalNorm,
}

/// <summary>Normalisation of the teacher's contrastive features.</summary>
public enum KeyNormalization
{
    /// <summary>Only to unit length.</summary>
    None,
    /// <summary>LayerNorm without parameters, then to unit length.</summary>
    LayerNorm,
}

/// <summary>Where InfoNCE's negatives come from.</summary>
public enum NegativeScope
{
    /// <summary>All images of the global batch, whichever replica holds them.</summary>
    GlobalBatch,
    /// <summary>The images of the anchor's logical replica.</summary>
    Replica,
}
