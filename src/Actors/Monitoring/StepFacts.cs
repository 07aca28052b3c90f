namespace Starling.Actors.Monitoring;

/// <summary>What the configuration says of every step of a run.</summary>
/// <param name="TokensPerImage">Tokens that the student predicts for one image, over all its views.</param>
/// <param name="FlopsPerImage">Floating-point operations that the model needs for one image.</param>
/// <param name="GradientClip">Largest gradient norm; 0 for no clipping.</param>
public sealed record StepFacts(int TokensPerImage, double FlopsPerImage, double GradientClip);
