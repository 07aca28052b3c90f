using static TorchSharp.torch;

namespace Starling.Model.Import.Pickling;

/// <summary>A storage of a PyTorch archive, with its element type: the file <c>data/KEY</c>.</summary>
internal sealed record StorageReference(ScalarType Type, string Key, long Elements);
