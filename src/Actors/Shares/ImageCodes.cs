// P: images (views of all batches, in order), T: codes of an image
using Starling.Data.Batches;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using static TorchSharp.torch;

namespace Starling.Actors.Shares;

/// <summary>Turns images into codes, the same ones on trainers and loaders.</summary>
internal static class ImageCodes
{
    /// <summary>
    /// Codes [P, T], int64, on the tokenizer's device, in the caller's dispose scope. All images go in chunks, side
    /// by side; an image's codes do not depend on what is in its chunk, nor on the number of workers.
    /// </summary>
    /// <exception cref="OperationCanceledException">Aborted.</exception>
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
            foreach (Tensor? made in codes) made?.Dispose(); // belong to no dispose scope yet
            throw;
        }
        return cat([.. codes.Select(c => c!.Adopted())]);
    }
}
