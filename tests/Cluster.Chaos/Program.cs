using Starling.Cluster.Chaos;

return await ScenarioCommand.Create("Does harm to real clusters, and checks what holds.", Catalogue.All)
    .Parse(args).InvokeAsync();
