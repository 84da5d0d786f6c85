namespace SecretsOps.Controller.Telemetry;

/// <summary>Where spans go, by OpenTelemetry's own environment variables; nowhere unless an endpoint is named.</summary>
/// <param name="Endpoint">The full address of the traces' receiver.</param>
/// <param name="Headers">Headers to send, credentials among them.</param>
/// <param name="Service">What the service is called.</param>
internal sealed record OtlpSettings(Uri Endpoint, IReadOnlyList<KeyValuePair<string, string>> Headers, string Service)
{
    /// <summary>Reads the variables; null where no endpoint is named.</summary>
    /// <exception cref="Hosting.StartException">The endpoint is no http address.</exception>
    public static OtlpSettings? From(Func<string, string?> variable)
    {
        var own = variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") ?? "";
        var common = variable("OTEL_EXPORTER_OTLP_ENDPOINT") ?? "";
        var address = own.Length > 0 ? own : common.Length > 0 ? common.TrimEnd('/') + "/v1/traces" : "";
        if (address.Length == 0)
        {
            return null;
        }

        if (!Uri.TryCreate(address, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
        {
            throw new Hosting.StartException($"OTEL_EXPORTER_OTLP_ENDPOINT: '{address}' is no http or https address: spans are sent as JSON over HTTP (port 4318, as a rule)", Hosting.ExitCodes.Failure, null);
        }

        var headers = (variable("OTEL_EXPORTER_OTLP_TRACES_HEADERS") ?? variable("OTEL_EXPORTER_OTLP_HEADERS") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(pair => pair.Contains('=', StringComparison.Ordinal)).Select(pair => KeyValuePair.Create(pair[..pair.IndexOf('=', StringComparison.Ordinal)], Uri.UnescapeDataString(pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..])));
        return new OtlpSettings(endpoint, [.. headers], variable("OTEL_SERVICE_NAME") is { Length: > 0 } name ? name : "secretsops-controller");
    }

    /// <summary>The address only: headers may hold credentials.</summary>
    public override string ToString() => Endpoint.ToString();
}
