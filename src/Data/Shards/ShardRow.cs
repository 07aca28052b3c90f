namespace Starling.Data.Shards;

/// <summary>A row to write.</summary>
/// <param name="Image">The image file's bytes (JPEG, PNG…); null for none.</param>
/// <param name="Label">The number of the class.</param>
/// <param name="FileName">The value of the field <c>path</c>; null for none.</param>
public sealed record ShardRow(byte[]? Image, long Label, string? FileName = null);
