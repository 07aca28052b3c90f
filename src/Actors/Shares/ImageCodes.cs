// P: images (views of all batches, in order), T: codes of an image
using Starling.Data.Batches;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using static TorchSharp.torch;

namespace Starling.Actors.Shares;

/// <summary>Turns images into codes, with the same result on trainers and loaders.</summary>
internal static class ImageCodes
{
    /// <summary>
    /// Encodes all views of all batches, in order. The workers encode chunks of images in parallel. An image's codes
    /// depend neither on the other images of its chunk nor on the number of workers.
    /// </summary>
    /// <returns>Codes [P, T], int64, on the tokenizer's device, in the caller's dispose scope.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="abort"/> was cancelled.</exception>
    public static Tensor Of(VqTokenizer tokenizer, WorkerThreads workers, IReadOnlyList<ReplicaBatch> batches,
        CancellationToken abort)
    {
        int size = batches[0].Size, image = 3 * size * size;
        ReadOnlyMemory<byte>[] images = [.. batches.SelectMany(batch => Enumerable
            .Range(0, batch.Images * batch.Views)
            .Select(view => new ReadOnlyMemory<byte>(batch.Pixels, view * image, image)))];
        Tensor?[] codes = new Tensor?[(images.Length + VqTokenizer.Chunk - 1) / VqTokenizer.Chunk];
        try
        {
            workers.Run(codes.Length, (_, job) =>
            {
                abort.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                ReadOnlySpan<ReadOnlyMemory<byte>> mine = images.AsSpan(job * VqTokenizer.Chunk);
                mine = mine[..Math.Min(VqTokenizer.Chunk, mine.Length)];
                Tensor chunk = empty([mine.Length, 3, size, size], ScalarType.Byte, CPU);
                for (int i = 0; i < mine.Length; i++) mine[i].Span.CopyTo(chunk.bytes[(i * image)..]);
                codes[job] = tokenizer.Encode(chunk).DetachFromDisposeScope();
            });
        }
        catch
        {
            foreach (Tensor? made in codes) made?.Dispose(); // detached, so no dispose scope frees them
            throw;
        }
        return cat([.. codes.Select(c => c!.Adopted())]);
    }
}
