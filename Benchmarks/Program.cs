using OpsMantik.Benchmarks;

return await BenchmarkCommand.Create().Parse(args).InvokeAsync();
