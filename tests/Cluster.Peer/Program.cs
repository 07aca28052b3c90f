using Starling.Cluster.Peer;
using Starling.Model.Tensors;

// The answer to every command is one line; the end of the input is the end of the process, so that none outlives its
// test.
LibTorch.Initialize();
using TrainerEnd trainer = new(Console.Out);
while (Console.In.ReadLine() is { } command) trainer.Perform(command.Split(' '));
return 0;
