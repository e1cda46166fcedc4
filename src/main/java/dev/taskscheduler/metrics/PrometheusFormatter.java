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

/// Writes Helidon's Prometheus text without the comma that it puts after the last label. The
/// service loader finds this class.
@Weight(Weighted.DEFAULT_WEIGHT + 100)
public final class PrometheusFormatter implements MeterRegistryFormatterProvider {
  @Override
  public Optional<MeterRegistryFormatter> formatter(
      MediaType mediaType,
      MetricsConfig config,
      MeterRegistry registry,
      Optional<String> scopeTag,
      Iterable<String> scopes,
      Iterable<String> names) {
    return new MicrometerPrometheusFormatterProvider()
        .formatter(mediaType, config, registry, scopeTag, scopes, names)
        .map(formatter -> new WithoutLastCommas(formatter));
  }

  private record WithoutLastCommas(MeterRegistryFormatter formatter)
      implements MeterRegistryFormatter {
    @Override
    public Optional<Object> format() {
      return formatter.format().map(text -> withoutLastCommas(text.toString()));
    }

    @Override
    public Optional<Object> formatMetadata() {
      return formatter.formatMetadata();
    }
  }

  /// A label's value may hold the same characters; what follows the labels does not.
  static String withoutLastCommas(String text) {
    return text.replaceAll("(?m)^([^#\\n].*),} ", "$1} ");
  }
}
