package dev.taskscheduler.metrics;

import io.helidon.metrics.api.BuiltInMeterNameFormat;
import io.helidon.metrics.api.Counter;
import io.helidon.metrics.api.Gauge;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.MetricsConfig;
import io.helidon.metrics.api.MetricsFactory;
import io.helidon.metrics.api.Tag;
import io.helidon.metrics.api.Timer;
import io.helidon.webserver.spi.ServerFeature;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.config.MeterFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/// Makes meters in Helidon's registry.
final class MeterRegistryWriter {
  private static final MetricsConfig CONFIG =
      MetricsConfig.builder()
          .builtInMeterNameFormat(BuiltInMeterNameFormat.SNAKE)
          .warnOnMultipleRegistries(false)
          .build();

  static {
    // Helidon adds it to every meter, and no setting prevents that; only before the first meter.
    Metrics.globalRegistry.config().meterFilter(MeterFilter.ignoreTags("scope"));
  }

  private final MeterRegistry registry = MetricsFactory.getInstance().globalRegistry(CONFIG);

  /// @param name `_total` is added to it
  /// @param tags names and values in turn
  Counter counter(String name, String description, String... tags) {
    return registry.getOrCreate(Counter.builder(name).description(description).tags(tags(tags)));
  }

  /// A counter for each constant of an enum.
  ///
  /// @param tag whose value is the constant's word
  <E extends Enum<E>> Map<E, Counter> counters(
      String name, String description, String tag, Class<E> type, Function<E, String> word) {
    Map<E, Counter> counters = new EnumMap<>(type);
    for (E each : type.getEnumConstants()) {
      counters.put(each, counter(name, description, tag, word.apply(each)));
    }
    return counters;
  }

  /// @param value asked at each scrape
  void gauge(String name, String description, Supplier<Number> value, String... tags) {
    remove(name, tags);
    registry.getOrCreate(Gauge.builder(name, value).description(description).tags(tags(tags)));
  }

  /// Removes a gauge from Helidon's registry and from those behind it, which would show it as 0.
  ///
  /// @param tags names and values in turn
  void remove(String name, String... tags) {
    registry.remove(name, tags(tags));
    for (io.micrometer.core.instrument.MeterRegistry behind :
        Metrics.globalRegistry.getRegistries()) {
      behind.find(name).tags(tags).meters().forEach(behind::remove);
    }
    Metrics.globalRegistry.find(name).tags(tags).meters().forEach(Metrics.globalRegistry::remove);
  }

  /// @param name `_seconds` is added to it
  Timer histogram(String name, String description, Duration[] buckets, String... tags) {
    return registry.getOrCreate(
        Timer.builder(name)
            .description(description)
            .tags(tags(tags))
            .percentiles(new double[0]) // else six quantiles stand among the buckets
            .buckets(buckets));
  }

  private static List<Tag> tags(String... namesAndValues) {
    List<Tag> tags = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      tags.add(Tag.create(namesAndValues[i], namesAndValues[i + 1]));
    }
    return tags;
  }

  /// Serves all meters of the registry.
  ServerFeature feature() {
    return new MetricsFeature(registry, CONFIG);
  }
}
