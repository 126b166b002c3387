namespace OpsMantik.Functions.Tests.Functions.Hosting;

/// <summary>Bodies of timer invocations as the Functions host writes them.</summary>
internal static class Invocations
{
    /// <summary>An invocation by hand, and the first one of a timer.</summary>
    public const string WithoutStatus =
        """
        {"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}},
         "Metadata":{"sys":{"MethodName":"Timer","UtcNow":"2026-03-01T12:00:00.004275Z","RandGuid":"35e6e68c"}}}
        """;

    public const string PastDue =
        """
        {"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":{"Last":"2026-03-01T11:50:00.0072+00:00",
         "Next":"2026-03-01T12:00:00+00:00","LastUpdated":"2026-03-01T11:50:00.0072+00:00"},"IsPastDue":true}},
         "Metadata":{"sys":{"MethodName":"Timer"}}}
        """;

    public const string AsText =
        """{"Data":{"timer":"{\"ScheduleStatus\":null,\"IsPastDue\":false}"},"Metadata":{}}""";

    public const string EmptyText = """{"Data":{"timer":"\"\""},"Metadata":{}}""";

    public const string Answer = """{"Outputs":{},"Logs":[],"ReturnValue":null}""";
}
