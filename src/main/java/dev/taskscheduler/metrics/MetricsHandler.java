package dev.taskscheduler.metrics;

import dev.taskscheduler.handlers.wire.Responses;
import io.helidon.common.media.type.MediaType;
import io.helidon.common.media.type.MediaTypes;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.MeterRegistryFormatter;
import io.helidon.metrics.api.MetricsConfig;
import io.helidon.metrics.providers.micrometer.MicrometerPrometheusFormatterProvider;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Answers `GET /metrics` and its HEAD, in the text that Helidon's formatter writes.
record MetricsHandler(MeterRegistry registry, MetricsConfig config) implements Handler {
  private static final MediaType[] OFFERED = {
    MediaTypes.TEXT_PLAIN, MediaTypes.APPLICATION_OPENMETRICS_TEXT
  };

  @Override
  public void handle(ServerRequest req, ServerResponse res) {
    MediaType type =
        req.headers()
            .bestAccepted(OFFERED)
            .map(MediaType.class::cast)
            .orElseThrow(
                () -> new HttpException("no form is accepted", Status.NOT_ACCEPTABLE_406, true));
    String text =
        format(type, req.query().all("scope", List::of), req.query().all("name", List::of))
            .orElseThrow(() -> new HttpException("no such meter", Status.NOT_FOUND_404, true));
    res.headers().contentType(type);
    Responses.bytes(req, res, withoutLastCommas(text).getBytes(StandardCharsets.UTF_8));
  }

  private Optional<String> format(MediaType type, List<String> scopes, List<String> names) {
    return new MicrometerPrometheusFormatterProvider()
        .formatter(type, config, registry, config.scoping().tagName(), scopes, names)
        .flatMap(MeterRegistryFormatter::format)
        .map(Object::toString);
  }

  /// Drops the comma that the formatter writes after the last label. A label's value may hold the
  /// same characters; what follows the labels does not.
  static String withoutLastCommas(String text) {
    return text.replaceAll("(?m)^([^#\\n].*),} ", "$1} ");
  }
}
