using System.Text.Json.Nodes;
using OpsMantik.Functions.Tests.House;

namespace OpsMantik.Functions.Tests.Functions.Hosting;

/// <summary>Both hosting flavours are the same function app. The isolated one is not built here, so it is read.</summary>
internal sealed class FlavourTests
{
    private static readonly string Folder = Path.Combine(SourceTree.Root, "Functions");

    [Test]
    public void Both_flavours_have_the_same_functions_routes_methods_and_schedules()
    {
        var isolated = DeclaredFunctions.Read().ToDictionary(function => function.Name, function => function.Bindings);
        var custom = Directory.GetDirectories(Path.Combine(Folder, "CustomHandler", "FunctionJson"))
            .ToDictionary(folder => Path.GetFileName(folder), folder => ReadJson(folder, "function.json")["bindings"]);

        Assert.That(custom.Keys, Is.EquivalentTo(FunctionNames.All));
        Assert.That(isolated.Keys, Is.EquivalentTo(custom.Keys));
        Assert.Multiple(() =>
        {
            foreach (var (function, bindings) in isolated)
                Assert.That(JsonNode.DeepEquals(bindings, custom[function]), $"{function}: {bindings}");
        });
    }

    [Test]
    public void Both_flavours_give_the_host_the_same_settings_but_for_the_custom_handler()
    {
        var custom = ReadJson(SourceTree.Root, "host.json").AsObject();
        Assert.That(custom.Remove("customHandler"), Is.True);

        Assert.That(JsonNode.DeepEquals(ReadJson(Folder, "IsolatedWorker", "host.json"), custom));
    }

    private static JsonNode ReadJson(params string[] path) => JsonNode.Parse(File.ReadAllText(Path.Combine(path)))!;
}
