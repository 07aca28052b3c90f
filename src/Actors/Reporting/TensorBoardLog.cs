using Starling.Data;
using TorchSharp;
using TorchSharp.Modules;

namespace Starling.Actors.Reporting;

/// <summary>
/// Writes TensorBoard event files through TorchSharp. Only scalars are written, so no tensor is created. Not
/// thread-safe.
/// </summary>
public sealed class TensorBoardLog
{
    private readonly SummaryWriter _writer;

    /// <summary>Starts an event file in a folder. The folder is created if it is absent.</summary>
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

    /// <summary>
    /// Adds a point to a curve. TensorBoard shows the curves of one group (the part of the tag before the slash)
    /// together.
    /// </summary>
    /// <param name="tag">For instance <c>loss/total</c>.</param>
    /// <param name="value">The value; it is written as a 32-bit float.</param>
    /// <param name="step">The step. The library takes 32 bits, so later steps than 2³¹−1 are written as 2³¹−1.</param>
    public void Scalar(string tag, double value, long step)
    {
        try
        {
            _writer.add_scalar(tag, (float)value, (int)Math.Min(step, int.MaxValue));
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            // The curve lacks a point. The event log has the same figures and reports a full disk.
        }
    }
}
