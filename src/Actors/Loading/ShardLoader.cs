using System.Threading.Channels;
using Akka.Actor;
using Starling.Actors.Supervision;
using Starling.Data;
using Starling.Data.Batches;

namespace Starling.Actors.Loading;

/// <summary>
/// Hands out replica batches on request: reads Parquet row groups, decodes and augments on its own threads, answers in
/// the order of the requests. Keeps no position: what it answers is a pure function of the request.
/// </summary>
public sealed class ShardLoader : ReceiveActor, IWithTimers
{
    private readonly Func<ReplicaBatchPipeline> _open;
    private readonly Action<ReplicaBatchPipeline>? _opened;
    private readonly Channel<(LoaderProtocol.Request Request, IActorRef Asker)> _requests =
        Channel.CreateUnbounded<(LoaderProtocol.Request, IActorRef)>(); // bounded by what askers keep in flight
    private readonly CancellationTokenSource _stop = new();
    private readonly Registration _registration;
    private ReplicaBatchPipeline? _pipeline;
    private LoaderProtocol.Failed? _failed;

    /// <summary>A loader over the pipeline that <paramref name="open"/> starts.</summary>
    /// <param name="name">The loader's name in the cluster.</param>
    /// <param name="identity">What has to be the same on all nodes.</param>
    /// <param name="open">Starts a pipeline; called once by each incarnation of the actor.</param>
    /// <param name="supervisor">Whom the loader offers itself to.</param>
    /// <param name="opened">Told of the pipeline, for its statistics.</param>
    public ShardLoader(string name, RunIdentity identity, Func<ReplicaBatchPipeline> open, IActorRef supervisor,
        Action<ReplicaBatchPipeline>? opened = null)
    {
        _open = open;
        _opened = opened;
        _registration = new Registration(
            Context, Timers, supervisor, new SupervisorProtocol.RegisterLoader(identity, name, Self));
        Receive<SupervisorProtocol.Registered>(_ => { });
        Receive<SupervisorProtocol.RunOver>(_ => { });
        Receive<SupervisorProtocol.Refused>(_registration.Refuse);
        Receive<Registration.Again>(_ => _registration.Send());
        Receive<LoaderProtocol.Request>(_ => _failed is not null, _ => Sender.Tell(_failed!));
        Receive<LoaderProtocol.Request>(request => _requests.Writer.TryWrite((request, Sender)));
        Receive<PipelineFailed>(m => m.Pipeline == _pipeline, Failed);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Starts the decode threads and the two pumps, and registers.</summary>
    protected override void PreStart()
    {
        _registration.Send();
        _pipeline = _open();
        _opened?.Invoke(_pipeline);
        // Plain tasks rather than messages to itself: both only move references and wait without a thread.
        Channel<IActorRef> askers = Channel.CreateUnbounded<IActorRef>();
        _ = AskAsync(_pipeline, _requests.Reader, askers.Writer, _stop.Token);
        _ = AnswerAsync(_pipeline, askers.Reader, Self, _stop.Token);
    }

    /// <summary>Ends the threads.</summary>
    protected override void PostStop()
    {
        _stop.Cancel();
        if (_pipeline is not null) _ = _pipeline.DisposeAsync().AsTask();
    }

    private void Failed(PipelineFailed m)
    {
        // A pipeline that failed answers nobody any more. A disk may recover, so a new one is worth a try; damaged data
        // stays damaged, and everybody who asks is to know.
        if (m.Reason is not StarlingException) throw new LoaderFailedException(m.Reason);
        _failed = new LoaderProtocol.Failed(m.Reason.Message, UserMistake: true);
        while (_requests.Reader.TryRead(out (LoaderProtocol.Request, IActorRef Asker) left)) left.Asker.Tell(_failed);
    }

    private static async Task AskAsync(ReplicaBatchPipeline pipeline,
        ChannelReader<(LoaderProtocol.Request Request, IActorRef Asker)> requests, ChannelWriter<IActorRef> askers,
        CancellationToken stop)
    {
        try
        {
            await foreach ((LoaderProtocol.Request request, IActorRef asker) in requests.ReadAllAsync(stop))
            {
                await askers.WriteAsync(asker, stop);
                await pipeline.RequestAsync(request.Step, request.Replica, stop);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            // Stopped, or the pipeline failed; then AnswerAsync tells the askers why.
        }
    }

    private static async Task AnswerAsync(
        ReplicaBatchPipeline pipeline, ChannelReader<IActorRef> askers, IActorRef self, CancellationToken stop)
    {
        try
        {
            await foreach (ReplicaBatch batch in pipeline.Batches.ReadAllAsync(stop))
                (await askers.ReadAsync(stop)).Tell(new LoaderProtocol.Loaded(batch), self);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
        catch (Exception e)
        {
            LoaderProtocol.Failed failed = new(e.Message, e is StarlingException);
            while (askers.TryRead(out IActorRef? asker)) asker.Tell(failed, self);
            self.Tell(new PipelineFailed(pipeline, e), ActorRefs.NoSender);
        }
    }

    private sealed record PipelineFailed(ReplicaBatchPipeline Pipeline, Exception Reason)
        : INoSerializationVerificationNeeded;
}
