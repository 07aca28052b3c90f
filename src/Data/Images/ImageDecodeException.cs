namespace Starling.Data.Images;

/// <summary>
/// An image that cannot be decoded. This is no <see cref="StarlingException"/>, because a data set may have a few such
/// images and the batch factory replaces them. The message is the reason alone; the code that catches the exception
/// adds the file and the row.
/// </summary>
public sealed class ImageDecodeException(string message, Exception? inner = null) : Exception(message, inner);
