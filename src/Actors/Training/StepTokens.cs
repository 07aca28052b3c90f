// b: images of a replica, M: views, T: codes of a view
using System.Runtime.InteropServices;
using Starling.Actors.Shares;
using Starling.Data.Batches;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using Starling.Model.Training;
using static TorchSharp.torch;

namespace Starling.Actors.Training;

/// <summary>Brings the shares of a step onto the training device, as tokens.</summary>
internal static class StepTokens
{
    /// <summary>
    /// Returns the tokens of all replicas. Shares of pixels are tokenized here, all together; shares of tokens are only
    /// uploaded.
    /// </summary>
    /// <returns>One item for each share, in order, in the caller's dispose scope.</returns>
    /// <exception cref="InvalidOperationException">
    /// A code is out of the tokenizer's range: a loader has another tokenizer.
    /// </exception>
    public static ReplicaTokens[] Of(StepBatch batch, VqTokenizer tokenizer, WorkerThreads workers, Device device,
        CancellationToken abort)
    {
        ReplicaBatch[] pixels = [.. batch.Replicas.OfType<PixelShare>().Select(share => share.Batch)];
        Queue<Tensor> tokenized = new(pixels.Length == 0 ? [] : ImageCodes.Of(tokenizer, workers, pixels, abort)
            .split([.. pixels.Select(p => (long)p.Images * p.Views)]));
        return [.. batch.Replicas.Select(share =>
        {
            (Tensor codes, int views) = share switch
            {
                TokenShare tokens => (Uploaded(tokens, tokenizer.CodebookSize, device), tokens.Views),
                PixelShare own => (tokenized.Dequeue(), own.Batch.Views),
                _ => throw new InvalidOperationException($"a share of type {share.GetType()}"),
            };
            return new ReplicaTokens(share.Replica, codes.view(share.Labels.Count, views, -1), share.Labels);
        })];
    }

    private static Tensor Uploaded(TokenShare share, int codebookSize, Device device)
    {
        // A code out of range would read foreign memory in the embedding table, or end the process.
        if (share.Codes.Span.ContainsAnyExceptInRange(0, codebookSize - 1))
            throw new InvalidOperationException(
                $"a loader's tokens of step {share.Step}, replica {share.Replica} are not of {codebookSize} codes");
        Tensor codes = empty([share.Codes.Length], ScalarType.Int32, CPU);
        MemoryMarshal.AsBytes(share.Codes.Span).CopyTo(codes.bytes);
        return codes.to(int64).to(device);
    }
}
