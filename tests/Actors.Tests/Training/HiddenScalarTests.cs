using System.Reflection;
using Starling.Actors.Training;
using Starling.Model.Tensors;
using TorchSharp;

namespace Starling.Actors.Tests.Training;

/// <summary>
/// A Scalar that TorchSharp creates inside one of its methods may be finalized while the native call reads it. It is
/// not documented which methods create one. So the test finds them in TorchSharp's code, and looks for calls of them in
/// ours.
/// </summary>
public sealed class HiddenScalarTests
{
    [Fact]
    public void No_code_of_ours_calls_what_makes_a_Scalar_behind_our_back()
    {
        HashSet<MethodBase> makers = MakersOfHiddenScalars();
        Assert.Contains(makers, m => m.Name == "op_Addition"); // the search finds what is known
        string[] calls = [.. new[] { typeof(Ops).Assembly, typeof(TrainerLoop).Assembly }
            .SelectMany(CalledMethods.Methods)
            .SelectMany(method => CalledMethods.Of(method).Where(makers.Contains)
                .Select(made => $"{Name(method)} calls {Name(made)}"))];
        Assert.True(calls.Length == 0, string.Join("\n", calls));
    }

    /// <summary>Finds TorchSharp's methods that turn a number into a Scalar, or call another that does.</summary>
    private static HashSet<MethodBase> MakersOfHiddenScalars()
    {
        Dictionary<MethodBase, MethodBase[]> calls = CalledMethods.Methods(typeof(torch).Assembly)
            .Where(m => m.DeclaringType != typeof(Scalar) && m.DeclaringType != typeof(ScalarExtensionMethods))
            .ToDictionary(m => m, m => CalledMethods.Of(m).ToArray());
        HashSet<MethodBase> makers = [.. calls.Where(c => c.Value.Any(MakesScalar)).Select(c => c.Key)];
        for (int before = 0; before < makers.Count;)
        {
            before = makers.Count;
            makers.UnionWith(calls.Where(c => c.Value.Any(makers.Contains)).Select(c => c.Key).ToArray());
        }
        return makers;
    }

    private static bool MakesScalar(MethodBase method) =>
        method is MethodInfo made && made.ReturnType == typeof(Scalar) &&
        (made.DeclaringType == typeof(Scalar) || made.DeclaringType == typeof(ScalarExtensionMethods));

    private static string Name(MethodBase method)
    {
        IEnumerable<string> parameters = method.GetParameters().Select(p => p.ParameterType.Name);
        return $"{method.DeclaringType}.{method.Name}({string.Join(", ", parameters)})";
    }
}
