using Starling.Data;
using TorchSharp;
using TorchSharp.Modules;

namespace Starling.Actors.Reporting;

/// <summary>
/// TensorBoard event files, written by TorchSharp; scalars only, so no tensor is made. Not thread-safe.
/// </summary>
public sealed class TensorBoardLog
{
    private readonly SummaryWriter _writer;

    /// <summary>Starts an event file in a folder, which is made if absent.</summary>
    /// <exception cref="StarlingException">The folder cannot be written.</exception>
    public TensorBoardLog(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            _writer = torch.utils.tensorboard.SummaryWriter(folder, createRunName: false);
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw new StarlingException($"{folder}: TensorBoard files cannot be written ({e.Message})", e);
        }
    }

    /// <summary>Adds a point to a curve; curves of one group (the part before the slash) are shown together.</summary>
    /// <param name="tag">For instance <c>loss/total</c>.</param>
    /// <param name="value">Its value.</param>
    /// <param name="step">The step; TensorBoard's format through this library ends at 2³¹−1.</param>
    public void Scalar(string tag, double value, long step) =>
        _writer.add_scalar(tag, (float)value, (int)Math.Min(step, int.MaxValue));
}
