namespace Starling.Model.Checkpoints;

/// <summary>A file of a checkpoint, as the manifest lists it.</summary>
/// <param name="Name">File name, without a folder.</param>
/// <param name="Bytes">Length in bytes.</param>
/// <param name="Sha256">SHA-256 of all its bytes, 64 lower-case hexadecimal digits.</param>
public sealed record CheckpointFile(string Name, long Bytes, string Sha256);
