package dev.taskscheduler.tracing;

import java.net.URI;
import java.util.Map;

/// Where spans are sent.
///
/// @param endpoint of a collector that speaks OTLP over HTTP, with the path of traces
/// @param headers sent with each request, such as a key; never logged
/// @param service the name of this program among others
/// @param ratio of the traces that begin here and are recorded, 0 to 1; one that came with a
///   request is recorded if its sender records it
public record TracingConfig(
    URI endpoint, Map<String, String> headers, String service, double ratio) {
  public TracingConfig {
    headers = Map.copyOf(headers);
  }

  @Override
  public String toString() {
    return endpoint.getScheme() + "://" + endpoint.getHost() + ":" + endpoint.getPort();
  }
}
