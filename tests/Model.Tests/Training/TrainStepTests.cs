using Starling.Model.Replicas;
using Starling.Model.SelfGuided;
using Starling.Model.Tensors;
using Starling.Model.Training;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Training;

public class TrainStepTests
{
    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    public void The_state_has_the_same_bits_for_any_thread_count_and_any_order_of_replicas(Precision precision)
    {
        TrainStepOptions options = StepRig.Options with
        {
            Training = StepRig.Options.Training with { Precision = precision },
        };
        byte[] reference = After(3, new StepRig(options));
        foreach (int threads in (int[])[2, 3, 5, 8])
            Assert.True(
                reference.AsSpan().SequenceEqual(After(3, new StepRig(options, threads: threads))),
                $"{threads} threads");
        byte[] reordered = After(3, new StepRig(options, threads: 2), [5, 2, 7, 0, 1, 3, 6, 4]);
        Assert.True(reference.AsSpan().SequenceEqual(reordered), "order");
        // The bits do not depend on libtorch's own number of threads either.
        int before = get_num_threads();
        set_num_threads(4);
        Assert.True(reference.AsSpan().SequenceEqual(After(3, new StepRig(options))), "libtorch's own threads");
        set_num_threads(before);
    }

    [Fact]
    public void Autocast_is_another_arithmetic_than_float32()
    {
        TrainStepOptions options = StepRig.Options with
        {
            Training = StepRig.Options.Training with { Precision = Precision.BFloat16 },
        };
        Assert.False(After(1, new StepRig()).AsSpan().SequenceEqual(After(1, new StepRig(options))));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(4, 0)]
    [InlineData(8, 0)]
    [InlineData(1, 1)]
    [InlineData(1, 5)]
    [InlineData(2, 3)]
    [InlineData(4, 1)]
    [InlineData(4, 3)]
    [InlineData(8, 1)]
    public void Negatives_of_the_whole_global_batch_do_not_depend_on_replicas_or_micro_batches(
        int replicas, int microBatch)
    {
        AssertSame(StepRig.Split(1, 0), StepRig.Split(replicas, microBatch));
        // All options together whose sums or counts go over the global batch.
        SelfGuidedOptions others = StepRig.Options.SelfGuided with
        {
            StudentViews = 1,
            Views = 3,
            MimPositions = MimPositions.MaskedOnly,
            MaskCount = MaskCount.Bernoulli,
            SkipSameClassNegatives = true,
            KeyNormalization = KeyNormalization.LayerNorm,
        };
        AssertSame(StepRig.Split(1, 0) with { SelfGuided = others },
            StepRig.Split(replicas, microBatch) with { SelfGuided = others });
    }

    private static void AssertSame(TrainStepOptions whole, TrainStepOptions split)
    {
        using var scope = NewDisposeScope();
        Vector wholeGradient = new(), splitGradient = new();
        using StepRig a = new(whole, e => wholeGradient.Of(e)), b = new(split, e => splitGradient.Of(e));
        StepResult expected = a.Run(), actual = b.Run();
        Assert.Equal(
            expected.Losses.MaskedAttention, actual.Losses.MaskedAttention, 1e-6 * expected.Losses.MaskedAttention);
        Assert.Equal(expected.Losses.ContrastStep, actual.Losses.ContrastStep, 1e-6 * expected.Losses.ContrastStep);
        Assert.Equal(expected.Losses.ContrastView, actual.Losses.ContrastView, 1e-6 * expected.Losses.ContrastView);
        Assert.Equal(expected.Losses.Total, actual.Losses.Total, 1e-6 * expected.Losses.Total);
        Golden.AssertClose(wholeGradient.Sum!, splitGradient.Sum!, 1e-6, "gradient");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Negatives_of_each_replica_do_not_depend_on_micro_batches(int microBatch)
    {
        SelfGuidedOptions local = StepRig.Options.SelfGuided with { Negatives = NegativeScope.Replica };
        AssertSame(StepRig.Split(4, 0) with { SelfGuided = local },
            StepRig.Split(4, microBatch) with { SelfGuided = local });
    }

    [Fact]
    public void Per_replica_negatives_are_another_loss()
    {
        TrainStepOptions local = StepRig.Split(4, 0);
        local = local with { SelfGuided = local.SelfGuided with { Negatives = NegativeScope.Replica } };
        using StepRig rig = new(local), global = new(StepRig.Split(4, 0));
        // A replica has fewer negatives, so the loss is lower. For random features it is ln 4 instead of ln 16.
        Assert.InRange(rig.Run().Losses.ContrastView, 0.2, Math.Log(4) + 0.5);
        Assert.True(global.Run().Losses.ContrastView > Math.Log(4) + 0.5);
    }

    [Fact]
    public void Without_its_losses_and_mask_the_step_is_LlamaGens_bit_for_bit()
    {
        SelfGuidedOptions none = StepRig.Options.SelfGuided with { Alpha = 0, Beta = 0, MaskRatio = 0 };
        using StepRig guided = new(StepRig.Options with { SelfGuided = none });
        using StepRig plain = new(StepRig.Options with { SelfGuided = none with { Enabled = false } });
        for (int i = 0; i < 3; i++) { guided.Run(); plain.Run(); }
        Assert.Equal(
            plain.State.Student.Weights.Values.bytes.ToArray(), guided.State.Student.Weights.Values.bytes.ToArray());
        Assert.Equal(plain.State.Teacher.Values.bytes.ToArray(), guided.State.Teacher.Values.bytes.ToArray());
        using StepRig starred = new();
        for (int i = 0; i < 3; i++) starred.Run();
        Assert.NotEqual(
            plain.State.Student.Weights.Values.bytes.ToArray(), starred.State.Student.Weights.Values.bytes.ToArray());
    }

    [Fact]
    public void An_unmasked_student_equal_to_its_teacher_has_no_masked_attention_loss()
    {
        TrainStepOptions options = StepRig.Split(2, 0);
        // There would be a loss if a class were dropped for the student or the teacher only.
        options = options with { Model = options.Model with { ClassDropout = 0.5 } };
        using StepRig rig = new(options with { SelfGuided = options.SelfGuided with { MaskRatio = 0 } });
        using (no_grad()) rig.State.Teacher.Values.copy_(rig.State.Student.Weights.Values);
        Assert.Equal(0, rig.Run().Losses.MaskedAttention, 1e-6);
    }

    [Fact]
    public void The_first_loss_is_ln_V_and_the_contrastive_losses_start_near_ln_B()
    {
        using StepRig rig = new();
        rig.State.Student.Weights.InitializeConstant("output.weight", 0);
        LossParts losses = rig.Run().Losses;
        Assert.Equal(Math.Log(StepRig.Vocabulary), losses.AutoRegressive, 1e-5);
        Assert.InRange(losses.ContrastView, 0.5, Math.Log(StepRig.Images) + 1);
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    public void The_teacher_is_the_students_moving_average_in_float32_and_gets_no_gradient(Precision precision)
    {
        using var scope = NewDisposeScope();
        TrainingOptions training = StepRig.Options.Training with { Precision = precision };
        using StepRig rig = new(StepRig.Options with { Training = training });
        Tensor expected = rig.State.Teacher.Values.to(ScalarType.Float64);
        for (int i = 0; i < 4; i++)
        {
            rig.Run();
            expected = expected.Times(0.9).PlusScaled(rig.State.Student.Weights.Values.to(ScalarType.Float64), 0.1);
        }
        Golden.AssertClose(expected.to(ScalarType.Float32), rig.State.Teacher.Values, 1e-6, "teacher");
        Assert.Null(rig.State.Teacher.Gradients);
        Assert.All(rig.State.Teacher.Layout.Parameters, p =>
        {
            Assert.False(rig.State.Teacher[p.Name].requires_grad);
            Assert.Null(rig.State.Teacher[p.Name].grad);
        });
        Assert.Equal(ScalarType.Float32, rig.State.Teacher.Values.dtype);
    }

    [Fact]
    public void A_passing_fault_is_computed_again_and_leaves_no_trace()
    {
        byte[] reference = After(2, new StepRig());
        using StepRig faulty = new(wrap: e => new Poison(e, times: 1));
        Assert.Equal(StepOutcome.AppliedAfterRetry, faulty.Run().Outcome);
        Assert.Equal(StepOutcome.Applied, faulty.Run().Outcome);
        Assert.Equal(reference, faulty.Bytes());
    }

    [Fact]
    public void A_lasting_fault_leaves_the_batch_out_and_the_weights_alone()
    {
        using StepRig faulty = new(wrap: e => new Poison(e, times: 2));
        byte[] before = faulty.Bytes();
        StepResult result = faulty.Run();
        Assert.Equal(StepOutcome.Skipped, result.Outcome);
        Assert.Equal(before, faulty.Bytes());
        Assert.Equal((1L, 0L), (faulty.State.Step, faulty.State.Updates));
        Assert.Equal(StepOutcome.Applied, faulty.Run().Outcome);
        Assert.Equal((2L, 1L), (faulty.State.Step, faulty.State.Updates));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)] // skipped: a skipped step is counted only when it is confirmed, too
    public void A_step_that_is_not_confirmed_changes_nothing_and_can_be_made_again(int faults)
    {
        byte[] reference = After(1, new StepRig(wrap: e => new Poison(e, faults)));
        using StepRig rig = new(wrap: e => new Unconfirmed(new Poison(e, faults)));
        byte[] before = rig.Bytes();
        Assert.Throws<IOException>(() => rig.Run());
        Assert.Equal(before, rig.Bytes());
        Assert.Equal((0L, 0L), (rig.State.Step, rig.State.Updates));
        Assert.Equal(StepOutcome.Applied, rig.Run().Outcome);
        Assert.Equal(faults == 0, reference.AsSpan().SequenceEqual(rig.Bytes()));
    }

    [Fact]
    public void A_step_can_be_given_up_leaves_nothing_behind_and_can_be_made_again()
    {
        byte[] reference = After(1, new StepRig());
        using StepRig rig = new(threads: 2);
        using CancellationTokenSource abort = new();
        abort.Cancel();
        long tensors = Tensor.TotalCount;
        Assert.Throws<OperationCanceledException>(() => rig.Run(abort: abort.Token));
        Assert.Equal(tensors, Tensor.TotalCount);
        Assert.Equal((0L, 0L), (rig.State.Step, rig.State.Updates));
        rig.Run();
        Assert.Equal(reference, rig.Bytes());
    }

    [Fact]
    public void Training_on_one_batch_lowers_every_part_of_the_loss()
    {
        TrainStepOptions options = StepRig.Split(2, 0);
        using StepRig rig = new(options with { SelfGuided = options.SelfGuided with { EmaDecay = 0.5 } });
        LossParts first = Repeat(1), last = Repeat(40);
        Assert.True(last.AutoRegressive < 0.8 * first.AutoRegressive, $"{first} -> {last}");
        Assert.True(last.ContrastView < 0.8 * first.ContrastView, $"{first} -> {last}");
        Assert.True(last.ContrastStep < 0.9 * first.ContrastStep, $"{first} -> {last}");

        LossParts Repeat(int steps)
        {
            LossParts losses = default;
            for (int i = 0; i < steps; i++)
            {
                rig.State.Step = 0;
                losses = rig.Run().Losses;
            }
            return losses;
        }
    }

    private static byte[] After(int steps, StepRig rig, int[]? order = null)
    {
        using (rig)
        {
            for (int i = 0; i < steps; i++) rig.Run(order);
            return rig.Bytes();
        }
    }

    /// <summary>An exchange that keeps the summed gradient.</summary>
    private sealed class Vector : IReplicaExchange
    {
        private IReplicaExchange? _inner;

        public Tensor? Sum { get; private set; }

        public IReplicaExchange Of(IReplicaExchange inner)
        {
            _inner = inner;
            return this;
        }

        public Tensor Gather(IReadOnlyList<(int Replica, Tensor Value)> hosted) => _inner!.Gather(hosted);

        Tensor IReplicaExchange.Sum(ReplicaSum hosted)
        {
            Tensor root = _inner!.Sum(hosted);
            Sum = root.clone().DetachFromDisposeScope();
            return root;
        }

        public void Confirm() => _inner!.Confirm();
    }

    /// <summary>
    /// An exchange that makes the first few sums not finite, as faulty memory or a faulty network may.
    /// </summary>
    private sealed class Poison(IReplicaExchange inner, int times) : IReplicaExchange
    {
        private int _left = times;

        public Tensor Gather(IReadOnlyList<(int Replica, Tensor Value)> hosted) => inner.Gather(hosted);

        public Tensor Sum(ReplicaSum hosted)
        {
            Tensor root = inner.Sum(hosted);
            using var noGrad = no_grad();
            if (_left-- > 0) root.narrow(0, 3, 1).fill_(Scalars.NegativeInfinity);
            return root;
        }

        public void Confirm() => inner.Confirm();
    }

    /// <summary>An exchange that fails at the first confirmation, as if the other trainers were lost.</summary>
    private sealed class Unconfirmed(IReplicaExchange inner) : IReplicaExchange
    {
        private bool _failed;

        public Tensor Gather(IReadOnlyList<(int Replica, Tensor Value)> hosted) => inner.Gather(hosted);

        public Tensor Sum(ReplicaSum hosted) => inner.Sum(hosted);

        public void Confirm()
        {
            if (_failed) return;
            _failed = true;
            throw new IOException("unplugged");
        }
    }
}
