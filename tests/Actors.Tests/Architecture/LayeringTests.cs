using System.Text.RegularExpressions;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Starling.Actors.Coordination;
using Starling.Actors.Tests.Support;
using Starling.Data;
using Starling.Model.Tensors;
using Compiled = ArchUnitNET.Domain.Architecture;

namespace Starling.Actors.Tests.Architecture;

/// <summary>
/// The layers of docs/adr/0014, over the compiled program and over its sources. Both are needed: a compiler puts the
/// values of constants in place of their names, so the program does not show who uses them.
/// </summary>
public sealed partial class LayeringTests
{
    private const int MostFiles = 24;

    private static readonly Lazy<Compiled> Program = new(() => new ArchLoader().LoadAssemblies(
        typeof(RunMachine).Assembly, typeof(LibTorch).Assembly, typeof(StarlingException).Assembly).Build());

    [Theory]
    [InlineData("Starling.Actors")]
    [InlineData("Starling.Model")]
    [InlineData("Starling.Data")]
    public void No_namespaces_use_each_other_in_a_circle(string project)
    {
        NamespaceGraph graph = new();
        foreach ((string from, string to, string what) in Uses())
            if (IsOf(project, from) && IsOf(project, to)) graph.Add(from, to, what);
        foreach ((string from, string to, string what) in NamesInSources())
            if (IsOf(project, from) && IsOf(project, to)) graph.Add(from, to, what);
        string? circle = graph.FindCircle();
        Assert.True(circle is null, circle);
    }

    [Fact]
    public void Folders_use_only_what_the_table_allows() => AssertNone(
        from use in Uses()
        where IsForbidden(use.From, use.To)
        select use.What);

    [Fact]
    public void Sources_name_only_what_the_table_allows() => AssertNone(
        from use in NamesInSources()
        where IsForbidden(use.From, use.To)
        select use.What);

    [Fact]
    public void The_table_has_every_folder_and_no_other()
    {
        IEnumerable<string> folders = Sources.Of("src/Actors")
            .Select(file => Layers.FolderOf(Sources.NamespaceOf(File.ReadAllText(file)))).OfType<string>().Distinct();
        Assert.Equal(folders.Order(StringComparer.Ordinal), Layers.Allowed.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_actor_knows_another_and_only_hosting_knows_actors() => AssertNone(
        from layer in Layers.Allowed
        where layer.Key != "Hosting"
        from used in layer.Value
        where Layers.OfActors.Contains(used)
        select $"{layer.Key} may use {used}");

    /// <summary>What decides is a function of its arguments: it knows no actor, file, clock or tensor.</summary>
    [Theory]
    [InlineData("src/Actors/Coordination")]
    [InlineData("src/Data/Randomness")]
    public void Pure_code_knows_neither_actors_nor_files_nor_a_clock(string folder)
    {
        string space = NamespaceOf(folder);
        AssertNone(
            from type in Program.Value.Types
            where type.Namespace?.FullName == space
            from used in type.Dependencies.Select(d => d.Target)
            where used.Namespace is not null && IsImpure(used)
            select $"{type.FullName} uses {used.FullName}");
        AssertNone(
            from file in Sources.Of(folder)
            from Match name in ImpureNames().Matches(Code(File.ReadAllText(file)))
            select $"{Path.GetFileName(file)} names {name.Value}");
    }

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    public void A_folder_has_room(string top) => AssertNone(
        from folder in Sources.Of(top).GroupBy(Path.GetDirectoryName)
        where folder.Count() > MostFiles
        select $"{folder.Key}: {folder.Count()} files");

    /// <summary>A source file's namespace is its folder, so the table of folders is one of namespaces too.</summary>
    [Fact]
    public void Namespaces_are_folders() => AssertNone(
        from file in Sources.Of("src")
        let space = Sources.NamespaceOf(File.ReadAllText(file))
        where space is not null && space != NamespaceOf(Path.GetDirectoryName(file)!)
        select $"{file}: {space}");

    [Fact]
    public void A_circle_is_found_and_described()
    {
        NamespaceGraph graph = new();
        graph.Add("A", "B", "a uses b");
        graph.Add("B", "C", "b uses c");
        graph.Add("C", "C", "c uses c");
        Assert.Null(graph.FindCircle());
        graph.Add("C", "A", "c uses a");
        Assert.Equal("A uses B: a uses b\nB uses C: b uses c\nC uses A: c uses a", graph.FindCircle());
    }

    /// <summary>
    /// Which types use which, without type parameters: ArchUnitNET takes those of the same name in two generated
    /// classes for one type.
    /// </summary>
    private static IEnumerable<(string From, string To, string What)> Uses() =>
        from type in Program.Value.Types
        where type.Namespace is not null
        from dependency in type.Dependencies
        where dependency.Target is not GenericParameter && dependency.Target.Namespace is not null
        select (type.Namespace.FullName, dependency.Target.Namespace.FullName,
            $"{type.FullName} uses {dependency.Target.FullName}");

    private static IEnumerable<(string From, string To, string What)> NamesInSources() =>
        from file in Sources.Of("src")
        let text = File.ReadAllText(file)
        let space = Sources.NamespaceOf(text) ?? "Starling.Actors"
        from Match use in NamespaceNames().Matches(text)
        let named = Longest(use.Value)
        where named is not null
        select (space, named, $"{Path.GetRelativePath(Repository.Root, file)} names {use.Value}");

    /// <summary>The namespace in a dotted name that may go on with types and members.</summary>
    private static string? Longest(string name)
    {
        while (name.Contains('.', StringComparison.Ordinal))
        {
            if (Spaces.Value.Contains(name)) return name;
            name = name[..name.LastIndexOf('.')];
        }
        return null;
    }

    /// <summary>Fails with all findings, a line each.</summary>
    private static void AssertNone(IEnumerable<string> findings)
    {
        string all = string.Join('\n', findings.Distinct());
        Assert.True(all.Length == 0, all);
    }

    private static readonly Lazy<HashSet<string>> Spaces = new(() =>
        [.. Sources.Of("src").Select(file => Sources.NamespaceOf(File.ReadAllText(file))).OfType<string>()]);

    private static bool IsForbidden(string from, string to) =>
        Layers.FolderOf(from) is { } folder && Layers.FolderOf(to) is { } other && folder != other &&
        !(Layers.Allowed.TryGetValue(folder, out string[]? allowed) && allowed.Contains(other));

    private static bool IsOf(string project, string space) =>
        space == project || space.StartsWith(project + ".", StringComparison.Ordinal);

    private static bool IsImpure(IType type)
    {
        string space = type.Namespace.FullName;
        return space == "Akka" || space.StartsWith("Akka.", StringComparison.Ordinal) ||
            space == "System.IO" || space.StartsWith("System.IO.", StringComparison.Ordinal) ||
            space == "TorchSharp" || space.StartsWith("System.Diagnostics", StringComparison.Ordinal) ||
            type.FullName is "System.TimeProvider" or "System.DateTime" or "System.DateTimeOffset" or
                "System.Environment" or "System.Threading.Thread" or "System.Threading.Tasks.Task";
    }

    private static string NamespaceOf(string folder) => Path.GetFullPath(folder, Repository.Root)
        .Replace(
            Path.Combine(Repository.Root, "src") + Path.DirectorySeparatorChar, "Starling.", StringComparison.Ordinal)
        .Replace(Path.DirectorySeparatorChar, '.');

    /// <summary>The text without its comments.</summary>
    private static string Code(string text) => Comments().Replace(text, "");

    [GeneratedRegex("//.*")]
    private static partial Regex Comments();

    [GeneratedRegex(@"\bStarling\.\w+(\.\w+)*")]
    private static partial Regex NamespaceNames();

    [GeneratedRegex(@"\b(Akka\.\w+|IActorRef|File|Directory|Stream|TimeProvider|DateTime|DateTimeOffset|Stopwatch)\b")]
    private static partial Regex ImpureNames();
}
