using OpsMantik.Functions.Tests.House;
using YamlDotNet.RepresentationModel;

namespace OpsMantik.Functions.Tests.Infra;

internal static class Yaml
{
    /// <summary>A file of the repository, which must hold one document.</summary>
    public static YamlMappingNode Read(string path)
    {
        using var text = new StreamReader(Path.Combine(SourceTree.Root, path));
        var yaml = new YamlStream();
        yaml.Load(text);
        return (YamlMappingNode)yaml.Documents.Single().RootNode;
    }
}
