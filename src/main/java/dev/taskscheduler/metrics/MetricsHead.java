package dev.taskscheduler.metrics;

import io.helidon.common.HelidonServiceLoader;
import io.helidon.common.media.type.MediaType;
import io.helidon.common.media.type.MediaTypes;
import io.helidon.http.HeaderValues;
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

/// `HEAD /metrics`. Helidon's feature answers GET alone: this tells of what it would answer.
record MetricsHead(MeterRegistry registry, MetricsConfig config) implements Handler {
  /// As the feature prefers them.
  private static final MediaType[] OFFERED = {
    MediaTypes.TEXT_PLAIN, MediaTypes.APPLICATION_OPENMETRICS_TEXT, MediaTypes.APPLICATION_JSON
  };

  @Override
  public void handle(ServerRequest req, ServerResponse res) {
    res.header(HeaderValues.CACHE_NO_CACHE);
    res.header(HeaderValues.X_CONTENT_TYPE_OPTIONS_NOSNIFF);
    Optional<MediaType> type = req.headers().bestAccepted(OFFERED).map(MediaType.class::cast);
    if (type.isEmpty()) {
      res.status(Status.NOT_ACCEPTABLE_406).send();
      return;
    }
    Optional<String> text =
        text(type.get(), req.query().all("scope", List::of), req.query().all("name", List::of));
    if (text.isEmpty()) {
      res.status(Status.NOT_FOUND_404).send();
      return;
    }
    res.headers().contentType(type.get());
    res.headers().contentLength(text.get().getBytes(StandardCharsets.UTF_8).length);
    res.send(new byte[0]);
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
