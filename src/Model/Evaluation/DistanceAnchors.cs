namespace Starling.Model.Evaluation;

/// <summary>
/// Frechet distances of known images to the same data on the same network: a number without them says little.
/// </summary>
/// <param name="Noise">As many images of uniform noise as samples are drawn: no model at all.</param>
/// <param name="Reconstruction">The data through the tokenizer and back: the best this tokenizer allows.</param>
public sealed record DistanceAnchors(double Noise, double Reconstruction);
