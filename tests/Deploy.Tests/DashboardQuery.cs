namespace Starling.Deploy.Tests;

/// <summary>A query of a panel or of an annotation.</summary>
/// <param name="Owner">The title of the panel, or the name of the annotation.</param>
/// <param name="Expression">The expression in PromQL.</param>
/// <param name="Legend">The text of the legend, with labels in double braces.</param>
internal sealed record DashboardQuery(string Owner, string Expression, string Legend);
