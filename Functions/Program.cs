return await OpsMantik.Functions.FunctionApp.RunAsync(args);
