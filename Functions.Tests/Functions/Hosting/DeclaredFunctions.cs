using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using OpsMantik.Functions.Tests.House;

namespace OpsMantik.Functions.Tests.Functions.Hosting;

/// <summary>
/// The functions of the isolated-worker flavour, read from its sources: the worker's packages are not there to compile
/// it with. Values of constants are the compiled ones.
/// </summary>
internal static class DeclaredFunctions
{
    /// <summary>Every function's name with its bindings, as a function.json would have them.</summary>
    public static List<(string Name, JsonArray Bindings)> Read()
    {
        var files = SourceTree.CSharp
            .Where(file => file.Key.StartsWith("Functions/IsolatedWorker/", StringComparison.Ordinal))
            .Select(file => CSharpSyntaxTree.ParseText(string.Join('\n', file.Value), path: file.Key))
            .ToList();
        var compilation = CSharpCompilation.Create("IsolatedWorker", files, References());
        return [.. files.SelectMany(file => Functions(file, compilation.GetSemanticModel(file)))];
    }

    private static IEnumerable<MetadataReference> References() =>
        from assembly in new[] { typeof(FunctionNames).Assembly, typeof(object).Assembly, Assembly.Load("System.Runtime") }
        select MetadataReference.CreateFromFile(assembly.Location);

    private static IEnumerable<(string, JsonArray)> Functions(SyntaxTree file, SemanticModel model) =>
        from method in file.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>()
        from attribute in Attributes(method.AttributeLists, "Function")
        select ((string)Constant(attribute.ArgumentList!.Arguments.Single(), model)!, Bindings(method, model));

    private static JsonArray Bindings(MethodDeclarationSyntax method, SemanticModel model)
    {
        JsonArray bindings = [];
        foreach (var parameter in method.ParameterList.Parameters)
        {
            foreach (var trigger in Attributes(parameter.AttributeLists, "HttpTrigger"))
            {
                bindings.Add(HttpTrigger(parameter, trigger, model));
                bindings.Add(JsonNode.Parse("""{ "type": "http", "direction": "out", "name": "$return" }"""));
            }

            foreach (var trigger in Attributes(parameter.AttributeLists, "TimerTrigger"))
                bindings.Add(TimerTrigger(parameter, trigger, model));
        }

        return bindings;
    }

    private static JsonObject HttpTrigger(ParameterSyntax parameter, AttributeSyntax trigger, SemanticModel model)
    {
        var (positional, named) = Arguments(trigger, model);
        return new JsonObject
        {
            ["type"] = "httpTrigger",
            ["direction"] = "in",
            ["name"] = parameter.Identifier.Text,
            ["route"] = (string?)named["Route"],
            ["methods"] = new JsonArray([.. positional.Skip(1).Select(method => JsonValue.Create((string?)method))]),
            // An enum of the worker's: its member's name is all there is.
            ["authLevel"] = trigger.ArgumentList!.Arguments[0].Expression is MemberAccessExpressionSyntax level
                ? level.Name.Identifier.Text.ToLowerInvariant()
                : null,
        };
    }

    private static JsonObject TimerTrigger(ParameterSyntax parameter, AttributeSyntax trigger, SemanticModel model)
    {
        var (positional, named) = Arguments(trigger, model);
        return new JsonObject
        {
            ["type"] = "timerTrigger",
            ["direction"] = "in",
            ["name"] = parameter.Identifier.Text,
            ["schedule"] = (string?)positional.Single(),
            // What the attribute says when nobody does.
            ["useMonitor"] = (bool)named.GetValueOrDefault("UseMonitor", true)!,
            ["runOnStartup"] = (bool)named.GetValueOrDefault("RunOnStartup", false)!,
        };
    }

    private static (List<object?> Positional, Dictionary<string, object?> Named) Arguments(
        AttributeSyntax attribute, SemanticModel model)
    {
        var arguments = attribute.ArgumentList!.Arguments.ToLookup(argument => argument.NameEquals is null);
        return (
            [.. arguments[true].Select(argument => Constant(argument, model))],
            arguments[false].ToDictionary(
                argument => argument.NameEquals!.Name.Identifier.Text, argument => Constant(argument, model)));
    }

    private static object? Constant(AttributeArgumentSyntax argument, SemanticModel model) =>
        model.GetConstantValue(argument.Expression).Value;

    private static IEnumerable<AttributeSyntax> Attributes(SyntaxList<AttributeListSyntax> lists, string name) =>
        lists.SelectMany(list => list.Attributes).Where(attribute => attribute.Name.ToString() == name);
}
