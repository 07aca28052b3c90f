using Akka.Actor;
using Akka.Hosting;
using Starling.Actors.Clustering;
using Starling.Actors.Evaluating;
using Starling.Actors.Monitoring;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Actors.Supervision;

namespace Starling.Actors.Hosting;

/// <summary>Starts the evaluator, which scores checkpoints while the training goes on.</summary>
internal static class EvaluatorWiring
{
    /// <summary>Adds an evaluator if the node has the role and the run is evaluated.</summary>
    public static AkkaConfigurationBuilder AddEvaluator(this AkkaConfigurationBuilder akka, NodeSetup node)
    {
        if (node.Has(NodeRole.Evaluator) && node.Run.Options.Evaluation.Enabled) node.OnceUp.Add(Start);
        return akka;

        void Start(ActorSystem system, IActorRegistry registry)
        {
            RunContext run = node.Run;
            EvaluatorActor.Peers peers = new(registry.Get<RunSupervisor>(), registry.Get<MonitorActor>());
            system.ActorOf(Props.Create(() => new EvaluatorActor(node.Name, run.NodeIdentity,
                () => RunEvaluation.Open(run, node.Time, node.Stopping), run.Checkpoints, node.Evaluations, peers,
                node.Time, node.Stopping)).WithDispatcher(ClusterProfile.Pinned), ActorNames.Evaluator);
        }
    }
}
