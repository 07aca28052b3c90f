// P: images, T: codes of an image
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Starling.Actors.Shares;
using Starling.Data.Batches;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using static TorchSharp.torch;

namespace Starling.Actors.Loading;

/// <summary>
/// Makes shares of tokens: a pipeline decodes, and one thread with its workers tokenizes. Tokens can be sent to other
/// nodes, which images cannot. On the same kind of processor, the codes equal bit for bit those that a trainer makes
/// from the same pixels.
/// </summary>
public sealed class TokenSource : IShareSource
{
    private readonly ReplicaBatchPipeline _pixels;
    private readonly Func<VqTokenizer> _open;
    private readonly int _threads;
    private readonly Channel<ShareResult> _shares;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private bool _disposed;

    /// <summary>Starts the tokenizing thread.</summary>
    /// <param name="pixels">Decodes the images; disposed with the source.</param>
    /// <param name="open">Loads the tokenizer; called on the tokenizing thread.</param>
    /// <param name="threads">Threads that tokenize, from 1.</param>
    /// <param name="capacity">Finished shares that may wait, from 1.</param>
    public TokenSource(ReplicaBatchPipeline pixels, Func<VqTokenizer> open, int threads, int capacity)
    {
        (_pixels, _open, _threads) = (pixels, open, threads);
        _shares = Channel.CreateBounded<ShareResult>(capacity);
        // A thread of its own, because libtorch keeps its modes for each thread, and because the threads of the pool
        // have to stay free for messages.
        _thread = new Thread(Work, LibTorch.StackBytes) { IsBackground = true, Name = "tokenize" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public bool Travels => true;

    /// <inheritdoc/>
    public int QueueDepth => _pixels.QueueDepth;

    /// <inheritdoc/>
    public int QueueCapacity => _pixels.QueueCapacity;

    /// <inheritdoc/>
    public bool TryRequest(long step, int replica) => _pixels.TryRequest(step, replica);

    /// <inheritdoc/>
    public IAsyncEnumerable<ShareResult> ReadAsync(CancellationToken cancellation) =>
        _shares.Reader.ReadAllAsync(cancellation);

    /// <summary>Ends all threads; the share in work is finished and dropped.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        await _stop.CancelAsync();
        await _pixels.DisposeAsync();
        await Task.Run(_thread.Join);
        _stop.Dispose();
    }

    private void Work()
    {
        try
        {
            using VqTokenizer tokenizer = _open();
            using WorkerThreads workers = new(_threads);
            while (Wait(_pixels.Results.WaitToReadAsync(_stop.Token)))
                foreach (TokenShare share in Tokenize(tokenizer, workers, TakeDecoded(), _stop.Token))
                    Write(ShareResult.Of(share));
            _shares.Writer.TryComplete();
        }
        catch (OperationCanceledException)
        {
            _shares.Writer.TryComplete();
        }
        catch (Exception e)
        {
            _shares.Writer.TryComplete(e);
        }
    }

    /// <summary>
    /// Takes the batches that are decoded already, up to a full chunk for each worker, so that small shares fill a
    /// chunk together. Passes on the failures among the results.
    /// </summary>
    private List<ReplicaBatch> TakeDecoded()
    {
        List<ReplicaBatch> batches = [];
        for (int images = 0;
            images < VqTokenizer.Chunk * _threads && _pixels.Results.TryRead(out BatchResult? made);)
        {
            if (made.Batch is not { } batch)
            {
                Write(new ShareResult(made.Step, made.Replica, null, made.Failure));
                continue;
            }
            batches.Add(batch);
            images += batch.Images * batch.Views;
        }
        return batches;
    }

    private static List<TokenShare> Tokenize(
        VqTokenizer tokenizer, WorkerThreads workers, List<ReplicaBatch> batches, CancellationToken stop)
    {
        if (batches.Count == 0) return [];
        using var scope = NewDisposeScope();
        HostTensor codes_PT = HostTensor.From("codes", ImageCodes.Of(tokenizer, workers, batches, stop).to(int32));
        ReadOnlyMemory<int> codes = MemoryMarshal.Cast<byte, int>(codes_PT.Bytes.Span).ToArray();
        int tokens = (int)codes_PT.Shape[1];
        List<TokenShare> shares = [];
        foreach (ReplicaBatch b in batches)
        {
            int length = b.Images * b.Views * tokens;
            shares.Add(new TokenShare(b.Step, b.Replica, b.Views, tokens, codes[..length], b.Labels, b.Bad));
            codes = codes[length..];
        }
        return shares;
    }

    private void Write(ShareResult made)
    {
        if (!_shares.Writer.TryWrite(made)) Wait(_shares.Writer.WriteAsync(made, _stop.Token));
    }

    // The tokenizing thread does nothing else, so it may block.
    private static T Wait<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();

    private static void Wait(ValueTask task) => task.AsTask().GetAwaiter().GetResult();
}
