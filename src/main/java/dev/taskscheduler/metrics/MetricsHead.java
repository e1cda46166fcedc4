package dev.taskscheduler.metrics;

import io.helidon.common.HelidonServiceLoader;
import io.helidon.common.media.type.MediaType;
import io.helidon.common.media.type.MediaTypes;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.MetricsConfig;
import io.helidon.metrics.spi.MeterRegistryFormatterProvider;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/// `HEAD /metrics`, which Helidon's feature does not answer, as it would answer GET; and of GET
/// what it refuses without a word: each refusal is a problem.
record MetricsHead(MeterRegistry registry, MetricsConfig config) implements Handler {
  /// As the feature prefers them. Its JSON is left out: JSON has no number for a gauge that is not
  /// known (NaN), and Helidon answers 500 for it.
  private static final MediaType[] OFFERED = {
    MediaTypes.TEXT_PLAIN, MediaTypes.APPLICATION_OPENMETRICS_TEXT
  };

  @Override
  public void handle(ServerRequest req, ServerResponse res) {
    MediaType type = type(req);
    String text = text(type, req);
    res.header(HeaderValues.CACHE_NO_CACHE);
    res.header(HeaderValues.X_CONTENT_TYPE_OPTIONS_NOSNIFF);
    res.headers().contentType(type);
    res.headers().contentLength(text.getBytes(StandardCharsets.UTF_8).length);
    res.send(new byte[0]);
  }

  /// Leaves to Helidon what it answers with a body.
  void get(ServerRequest req, ServerResponse res) {
    MediaType type = type(req);
    if (!req.query().isEmpty()) {
      var unused = text(type, req);
    }
    res.next();
  }

  private static MediaType type(ServerRequest req) {
    return req.headers()
        .bestAccepted(OFFERED)
        .map(MediaType.class::cast)
        .orElseThrow(
            () -> new HttpException("no form that is accepted", Status.NOT_ACCEPTABLE_406, true));
  }

  private String text(MediaType type, ServerRequest req) {
    return text(type, req.query().all("scope", List::of), req.query().all("name", List::of))
        .orElseThrow(() -> new HttpException("no such meter", Status.NOT_FOUND_404, true));
  }

  private Optional<String> text(MediaType type, List<String> scopes, List<String> names) {
    return HelidonServiceLoader.create(ServiceLoader.load(MeterRegistryFormatterProvider.class))
        .asList()
        .stream()
        .flatMap(each ->
            each
                .formatter(type, config, registry, config.scoping().tagName(), scopes, names)
                .stream())
        .findFirst()
        .flatMap(formatter -> formatter.format().map(Object::toString));
  }
}
