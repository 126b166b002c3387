using System.Globalization;
using System.Text.Json;
using OpsMantik.Local.GoogleEmulator.Errors;

namespace OpsMantik.Local.GoogleEmulator.Uploads;

/// <summary>Google's <c>UploadClickConversionsResponse</c> and its refusals.</summary>
internal static class UploadAnswers
{
    public static Answer Refuse(RequestFault fault, UploadCall call) => Answer.Json(
        fault.HttpStatus, json => FailureWriter.WriteRequestFault(json, fault, call.ApiVersion, call.RequestId));

    /// <param name="request">What was asked.</param>
    /// <param name="counted">One per conversion; null where it was not counted.</param>
    /// <param name="errors">By index; none when all went well.</param>
    /// <param name="call">Names version and request id.</param>
    public static Answer Upload(
        UploadRequest request, ConversionRow?[] counted, List<GoogleError> errors, UploadCall call) =>
        Answer.Json(200, json =>
        {
            json.WriteStartObject();
            if (errors.Count > 0)
                FailureWriter.WritePartialFailure(json, errors, call.ApiVersion, call.RequestId);
            if (!request.ValidateOnly)
            {
                json.WriteStartArray("results");
                foreach (var row in counted)
                    WriteResult(json, row);
                json.WriteEndArray();
            }

            // An int64, and so a string in proto3 JSON.
            if (request.JobId is { } job)
                json.WriteString("jobId", job.ToString(CultureInfo.InvariantCulture));
            json.WriteEndObject();
        });

    private static void WriteResult(Utf8JsonWriter json, ConversionRow? row)
    {
        json.WriteStartObject();
        if (row is not null)
        {
            var (field, value) = row.Click;
            json.WriteString(field!, value);
            json.WriteString("conversionAction", row.ConversionAction);
            json.WriteString("conversionDateTime", row.ConversionDateTime);
        }

        json.WriteEndObject();
    }
}
