package dev.taskscheduler.metrics;

import io.helidon.common.Weight;
import io.helidon.common.Weighted;
import io.helidon.common.media.type.MediaType;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.MeterRegistryFormatter;
import io.helidon.metrics.api.MetricsConfig;
import io.helidon.metrics.providers.micrometer.MicrometerPrometheusFormatterProvider;
import io.helidon.metrics.spi.MeterRegistryFormatterProvider;
import java.util.Optional;

/// Helidon's Prometheus text as everyone else writes it: without the comma after the last label.
/// Found by the service loader.
@Weight(Weighted.DEFAULT_WEIGHT + 100)
public final class PrometheusFormatter implements MeterRegistryFormatterProvider {
  private final MicrometerPrometheusFormatterProvider given =
      new MicrometerPrometheusFormatterProvider();

  @Override
  public Optional<MeterRegistryFormatter> formatter(
      MediaType mediaType,
      MetricsConfig config,
      MeterRegistry registry,
      Optional<String> scopeTag,
      Iterable<String> scopes,
      Iterable<String> names) {
    return given
        .formatter(mediaType, config, registry, scopeTag, scopes, names)
        .map(PrometheusFormatter::tidied);
  }

  private static MeterRegistryFormatter tidied(MeterRegistryFormatter given) {
    return new MeterRegistryFormatter() {
      @Override
      public Optional<Object> format() {
        return given.format().map(text -> text instanceof String plain ? tidied(plain) : text);
      }

      @Override
      public Optional<Object> formatMetadata() {
        return given.formatMetadata();
      }
    };
  }

  static String tidied(String text) {
    var tidy = new StringBuilder(text.length());
    text.lines()
        .forEach(line -> {
          // The last one ends the labels: a value and a timestamp hold none, a label may.
          int end = line.startsWith("#") ? -1 : line.lastIndexOf(",} ");
          if (end < 0) {
            tidy.append(line);
          } else {
            tidy.append(line, 0, end).append(line, end + 1, line.length());
          }
          tidy.append('\n');
        });
    return tidy.toString();
  }
}
