using OpsMantik.Reliability;

return await ProofCommands.Create().Parse(args).InvokeAsync();
