using OpsMantik.Functions.Tests.House;
using OpsMantik.Reliability.Breakages;
using OpsMantik.Reliability.Faults;
using OpsMantik.Reliability.Processes;

namespace OpsMantik.Functions.Tests.Reliability;

/// <summary>The list of deliberate breakages must not rot; running them is a command of its own: see docs/reliability.md.</summary>
internal sealed class BreakageTests
{
    [TestCaseSource(typeof(AllBreakages), nameof(AllBreakages.All))]
    public void A_breakage_still_has_its_place_and_its_detector(object listed)
    {
        var breakage = (Breakage)listed;
        var text = File.ReadAllText(Path.Combine(SourceTree.Root, breakage.File));

        Assert.Multiple(() =>
        {
            Assert.That(breakage.Apply(text, breakage.Original), Is.EqualTo(text));
            Assert.That(breakage.Apply(text, breakage.Replacement), Is.Not.EqualTo(text));
            Assert.That(DetectorExists(breakage), "its detector is no scenario of ours");
        });
    }

    [Test]
    public void There_are_enough_of_them_and_each_has_its_own_name()
    {
        Assert.That(AllBreakages.All, Has.Count.GreaterThanOrEqualTo(15));
        Assert.That(AllBreakages.All.Select(breakage => breakage.Name), Is.Unique);
    }

    private static bool DetectorExists(Breakage breakage) => breakage.Detector switch
    {
        ["simulate", "--seeds", _] => true,
        ["faults", "--times", "1", "--only", var only] => FaultProof.All.Any(scenario => scenario.Name.Contains(only)),
        ["kills", "--count", "1", "--only", var only] => KillPoints.All.Any(point => point.Name.Contains(only)),
        _ => false,
    };
}
