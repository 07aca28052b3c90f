namespace Starling.Model.Evaluation;

/// <summary>
/// Frechet distances of two known sets of images to the same data, on the same network. A model's distance is judged by
/// comparing it with these two.
/// </summary>
/// <param name="Noise">
/// Distance of as many images of uniform noise as samples are drawn: what no model at all reaches.
/// </param>
/// <param name="Reconstruction">
/// Distance of the data after the tokenizer has encoded and decoded it: the best that a model with this tokenizer can
/// reach.
/// </param>
public sealed record DistanceAnchors(double Noise, double Reconstruction);
