package dev.taskscheduler.metrics;

import dev.taskscheduler.handlers.wire.Paths;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.Responses;
import io.helidon.common.Weighted;
import io.helidon.common.media.type.MediaType;
import io.helidon.common.media.type.MediaTypes;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.MeterRegistryFormatter;
import io.helidon.metrics.api.MetricsConfig;
import io.helidon.metrics.providers.micrometer.MicrometerPrometheusFormatterProvider;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpFeature;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.spi.ServerFeature;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Serves `/metrics` with Helidon's registry and formatter, GET and HEAD. Helidon's observer is not
/// mounted: its filter stands around every request. See `docs/adr/0011`.
record MetricsFeature(MeterRegistry registry, MetricsConfig config)
    implements ServerFeature, Weighted {
  /// Its JSON is left out: it answers 500 where a gauge is not known (NaN).
  private static final MediaType[] OFFERED = {
    MediaTypes.TEXT_PLAIN, MediaTypes.APPLICATION_OPENMETRICS_TEXT
  };

  @Override
  public void setup(ServerFeatureContext context) {
    context
        .socket(WebServer.DEFAULT_SOCKET_NAME)
        .httpRouting()
        .addFeature((HttpFeature) this::routes);
  }

  private void routes(HttpRouting.Builder routing) {
    routing.get(Paths.METRICS, this::handle).head(Paths.METRICS, this::handle);
  }

  /// After our own routes, which refuse the methods that a path does not know.
  @Override
  public double weight() {
    return DEFAULT_WEIGHT - 1;
  }

  @Override
  public String name() {
    return "metrics";
  }

  @Override
  public String type() {
    return "metrics";
  }

  private void handle(ServerRequest req, ServerResponse res) {
    MediaType type =
        req.headers()
            .bestAccepted(OFFERED)
            .map(MediaType.class::cast)
            .or(() -> forThoseWhoAcceptProblems(req))
            .orElseThrow(
                () -> new HttpException("no form is accepted", Status.NOT_ACCEPTABLE_406, true));
    String text =
        format(type, req.query().all("scope", List::of), req.query().all("name", List::of))
            .orElseThrow(() -> new HttpException("no such meter", Status.NOT_FOUND_404, true));
    res.headers().contentType(type);
    Responses.bytes(req, res, text.getBytes(StandardCharsets.UTF_8));
  }

  /// Python clients of openapi-generator accept only JSON where the API document has some for an
  /// operation, and here that is a problem's.
  private static Optional<MediaType> forThoseWhoAcceptProblems(ServerRequest req) {
    return req.headers().acceptedTypes().stream()
        .filter(accepted -> accepted.mediaType().text().equals(Problem.MEDIA_TYPE))
        .findAny()
        .map(problem -> MediaTypes.TEXT_PLAIN);
  }

  private Optional<String> format(MediaType type, List<String> scopes, List<String> names) {
    return new MicrometerPrometheusFormatterProvider()
        .formatter(type, config, registry, config.scoping().tagName(), scopes, names)
        .flatMap(MeterRegistryFormatter::format)
        .map(text -> withoutLastCommas(text.toString()));
  }

  /// Drops the comma that Helidon writes after the last label. A label's value may hold the same
  /// characters; what follows the labels does not.
  static String withoutLastCommas(String text) {
    return text.replaceAll("(?m)^([^#\\n].*),} ", "$1} ");
  }
}
