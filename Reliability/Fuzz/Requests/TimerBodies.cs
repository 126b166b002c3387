using System.Text;
using System.Text.Json;

namespace OpsMantik.Reliability.Fuzz.Requests;

/// <summary>Invocations of a timer as the Functions host writes them, and near misses.</summary>
internal static class TimerBodies
{
    private const string Info = """{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}""";

    public static byte[] Make(Random random) => Encoding.UTF8.GetBytes(random.Next(8) switch
    {
        0 or 1 => Invocation(Info),
        2 => Invocation(JsonSerializer.Serialize(Info)),
        3 => Invocation(JsonGarbage.Value(random, 3)),
        4 => Invocation(JsonSerializer.Serialize(JsonGarbage.Value(random, 3))),
        5 => Field("Data", JsonGarbage.Value(random, 3)),
        6 => Field("Data", $"{{{JsonGarbage.Name(random)}:{JsonGarbage.Value(random, 2)},\"timer\":{{}}}}"),
        _ => $"{{{JsonGarbage.Name(random)}:{JsonGarbage.Value(random, 2)},\"Data\":{{\"timer\":{{}}}}}}",
    });

    private static string Invocation(string timer) => Field("Data", Field("timer", timer));

    private static string Field(string name, string value) => $"{{\"{name}\":{value}}}";
}
