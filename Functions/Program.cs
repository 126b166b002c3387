using OpsMantik.Functions;

return args is [HealthProbe.Argument] ? await HealthProbe.RunAsync() : await FunctionApp.RunAsync(args);
