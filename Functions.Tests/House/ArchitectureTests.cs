using ArchUnitNET.Domain;
using ArchUnitNET.Domain.Extensions;
using ArchUnitNET.Loader;
using ArchUnitNET.NUnit;
using Mono.Cecil;
using OpsMantik.Web.Endpoints;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace OpsMantik.Functions.Tests.House;

/// <summary>The directions of imports and what every type keeps to, read from the compiled types.</summary>
public class ArchitectureTests
{
    private static readonly string[] SecretWords = ["secret", "refresh", "token", "password", "privatekey"];

    // What the worker's SDK, the compiler and Razor write, and what BenchmarkDotNet derives from.
    private const string NotOurs = "^(Program|_Imports|DirectFunctionExecutor|GeneratedFunctionMetadataProvider"
        + "|Function(Executor|MetadataProvider)AutoStartup|.*HostBuilder.*Extensions?|WorkerBenchmarks)$";

    private static readonly Architecture House = new ArchLoader()
        .LoadAssemblies(
            typeof(Core.CoreServices).Assembly,
            typeof(WorkerApp).Assembly,
            typeof(OpsMantik.Cli.ExitCodes).Assembly,
            typeof(OpsMantik.Local.Postgres.PrivatePostgres).Assembly,
            typeof(OpsMantik.Testbed.TestbedServer).Assembly,
            typeof(OpsMantik.Reliability.ScenarioResult).Assembly,
            typeof(OpsMantik.Benchmarks.IMeasure).Assembly)
        // The function app is built beside the tests and is no reference of theirs.
        .LoadFilteredDirectory(FunctionAppFolder(), "OpsMantik.Functions.dll", SearchOption.TopDirectoryOnly)
        .Build();

    // Core decides and remembers, and knows no host.
    [TestCase("OpsMantik.Core", "OpsMantik.Web")]
    [TestCase("OpsMantik.Core", "OpsMantik.Functions")]
    [TestCase("OpsMantik.Core", "OpsMantik.Cli")]
    [TestCase("OpsMantik.Core", "OpsMantik.Local")]
    [TestCase("OpsMantik.Core", "Microsoft.AspNetCore")]
    // Providers know their wire, and neither the queue nor the database.
    [TestCase("OpsMantik.Core.Providers", "OpsMantik.Core.Queue")]
    [TestCase("OpsMantik.Core.Providers", "OpsMantik.Core.Runs")]
    [TestCase("OpsMantik.Core.Providers", "OpsMantik.Core.Confirmations")]
    [TestCase("OpsMantik.Core.Providers", "OpsMantik.Core.Database")]
    [TestCase("OpsMantik.Core.Providers", "Npgsql")]
    // The worker knows no Functions host, and the function app no command line.
    [TestCase("OpsMantik.Web", "OpsMantik.Functions")]
    [TestCase("OpsMantik.Web", "OpsMantik.Cli")]
    [TestCase("OpsMantik.Web", "OpsMantik.Local")]
    [TestCase("OpsMantik.Web", "Microsoft.Azure.Functions")]
    [TestCase("OpsMantik.Web", "Npgsql")]
    [TestCase("OpsMantik.Functions", "OpsMantik.Core")]
    [TestCase("OpsMantik.Functions", "OpsMantik.Cli")]
    [TestCase("OpsMantik.Functions", "OpsMantik.Local")]
    [TestCase("OpsMantik.Functions", "Npgsql")]
    [TestCase("OpsMantik.Cli", "OpsMantik.Functions")]
    [TestCase("OpsMantik.Cli", "Microsoft.Azure.Functions")]
    // What a laptop needs stands alone; of the program only the demo uses it.
    [TestCase("OpsMantik.Local", "OpsMantik.Core")]
    [TestCase("OpsMantik.Local", "OpsMantik.Web")]
    [TestCase("OpsMantik.Local", "OpsMantik.Cli")]
    public void Imports_run_one_way(string room, string forbidden) =>
        Types().That().ResideInNamespaceOrBelow(room)
            .Should().NotDependOnAny(Types(includeReferenced: true).That().ResideInNamespaceOrBelow(forbidden))
            .Check(House);

    [Test]
    public void Of_the_command_line_only_the_demo_uses_what_is_local() =>
        Types().That().ResideInNamespaceOrBelow("OpsMantik.Cli").And().DoNotResideInNamespaceOrBelow("OpsMantik.Cli.Demo")
            .Should().NotDependOnAny(Types(includeReferenced: true).That().ResideInNamespaceOrBelow("OpsMantik.Local"))
            .Check(House);

    [Test]
    public void Classes_are_sealed() =>
        Classes().That().AreNotAbstract().And().DoNotHaveNameMatching(NotOurs)
            .And().AreNotAssignableTo(typeof(Microsoft.AspNetCore.Components.IComponent))
            .Should().BeSealed().Check(House);

    [Test]
    public void Programs_show_no_types() =>
        Types().That().ResideInNamespaceMatching(@"^OpsMantik\.(Functions|Reliability|Benchmarks)(\.|$)")
            .And().DoNotHaveNameMatching(NotOurs)
            .Should().NotBePublic().Check(House);

    /// <summary>A record prints its members; one that holds a secret must write its own ToString, and not read the secret there.</summary>
    [Test]
    public void No_type_that_holds_a_secret_prints_it()
    {
        var holders = Classes().That()
            .FollowCustomPredicate(type => SecretsOf(type).Any(), "hold a string that is named like a secret");

        Assert.That(holders.GetObjects(House).Select(type => type.Name), Does.Contain("OAuthClient").And.Contain("AccessToken"));
        holders.Should().FollowCustomCondition(
            type => !type.Members.OfType<MethodMember>().Any(method => method.Name.StartsWith("ToString(", StringComparison.Ordinal)
                && (method.IsCompilerGenerated || method.GetAccessedFieldMembers().Cast<IMember>().Concat(method.GetCalledMethods())
                    .Any(used => SecretsOf(type).Any(secret => used.Name.Contains(secret, StringComparison.Ordinal))))),
            "not print it",
            "prints it").Check(House);
    }

    /// <summary>
    /// Digests are compared, all of them, in a time that tells nothing: no operator, no Equals, no Contains. The one type that knows
    /// them keeps them to itself, and everybody who asks it has only its yes or no.
    /// </summary>
    [Test]
    public void A_callers_secret_is_compared_in_constant_time()
    {
        string[] others = ["op_Equality", "op_Inequality", "Equals", "SequenceEqual", "CompareTo", "Compare", "Contains", "IndexOf"];
        using var assembly = AssemblyDefinition.ReadAssembly(typeof(WorkerApp).Assembly.Location);
        var type = assembly.MainModule.GetType(typeof(AccessSecret).FullName);
        var called = type.NestedTypes.Append(type)
            .SelectMany(part => part.Methods)
            .Where(method => method.HasBody)
            .SelectMany(method => method.Body.Instructions)
            .Select(instruction => instruction.Operand)
            .OfType<MethodReference>()
            .Select(method => method.Name)
            .ToList();

        Assert.That(called, Does.Contain("FixedTimeEquals").And.Contain("HashData"));
        Assert.That(called.Intersect(others), Is.Empty);
        Assert.That(type.Fields.Where(field => !field.IsPrivate && !field.IsLiteral), Is.Empty);
        Assert.That(type.Properties.Select(property => property.Name), Is.EquivalentTo(new[] { "IsSet", "State", "Fault" }));
    }

    private static IEnumerable<string> SecretsOf(Class type) =>
        type.Members.OfType<PropertyMember>().Where(member => member.Type.FullName == "System.String"
                && (Sounds(member.Name) || (Sounds(type.Name) && member.Name.Contains("Value", StringComparison.Ordinal))))
            .Select(member => member.Name);

    private static bool Sounds(string name) =>
        SecretWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    // …/Functions.Tests/bin/Debug/net10.0 stands beside …/Functions/bin/Debug/net10.0.
    private static string FunctionAppFolder() => Path.Combine(
        SourceTree.Root, "Functions", Path.GetRelativePath(Path.Combine(SourceTree.Root, "Functions.Tests"), AppContext.BaseDirectory));
}
