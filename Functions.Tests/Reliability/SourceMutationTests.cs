using System.Xml.Linq;
using OpsMantik.Functions.Tests.House;
using OpsMantik.Reliability.Faults;
using OpsMantik.Reliability.Mutations;
using OpsMantik.Reliability.Processes;

namespace OpsMantik.Functions.Tests.Reliability;

/// <summary>The list of deliberate mutations must stay up to date; running them is a command of its own: see docs/reliability.md.</summary>
internal sealed class SourceMutationTests
{
    [TestCaseSource(typeof(SourceMutations), nameof(SourceMutations.All))]
    public void A_mutation_still_has_its_place_and_its_detector(object listed)
    {
        var mutation = (SourceMutation)listed;
        var text = File.ReadAllText(Path.Combine(SourceTree.Root, mutation.File));

        Assert.Multiple(() =>
        {
            Assert.That(mutation.Apply(text, mutation.Original), Is.EqualTo(text));
            Assert.That(mutation.Apply(text, mutation.Replacement), Is.Not.EqualTo(text));
            Assert.That(DetectorExists(mutation), "its detector is no scenario of ours");
        });
    }

    [Test]
    public void There_are_enough_of_them_and_each_has_its_own_name()
    {
        Assert.That(SourceMutations.All, Has.Count.GreaterThanOrEqualTo(15));
        Assert.That(SourceMutations.All.Select(mutation => mutation.Name), Is.Unique);
    }

    [Test]
    public void The_copy_holds_every_project_that_the_proofs_are_built_from()
    {
        var needed = new HashSet<string>();
        AddReferences("Reliability/OpsMantik.Reliability.csproj");

        Assert.That(needed.Select(project => project.Split('/')[0]), Has.None.Matches<string>(folder => MutatedCheckout.LeftOut.Contains(folder)).And.Contains("Core"));

        void AddReferences(string project)
        {
            if (!needed.Add(project))
                return;
            foreach (var reference in XDocument.Load(Path.Combine(SourceTree.Root, project)).Descendants("ProjectReference"))
                AddReferences(((string)reference.Attribute("Include")!)[3..]);
        }
    }

    private static bool DetectorExists(SourceMutation mutation) => mutation.Detector switch
    {
        ["simulate", "--seeds", _] => true,
        ["faults", "--times", "1", "--only", var only] => FaultProof.All.Any(scenario => scenario.Name.Contains(only)),
        ["kills", "--count", "1", "--only", var only] => KillPoints.All.Any(point => point.Name.Contains(only)),
        _ => false,
    };
}
