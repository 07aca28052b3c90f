using static TorchSharp.torch;

namespace Starling.Model.Import.Pickling;

/// <summary>A typed storage of a PyTorch archive: the file <c>data/KEY</c>.</summary>
internal sealed record StorageReference(ScalarType Type, string Key, long Elements);
