namespace Starling.Data.Images;

/// <summary>
/// One image that cannot be decoded. Not a <see cref="StarlingException"/>: a data set may have a few, and the batch
/// factory replaces them. The message is the reason alone; who caught it knows the file and the row.
/// </summary>
public sealed class ImageDecodeException(string message, Exception? inner = null) : Exception(message, inner);
