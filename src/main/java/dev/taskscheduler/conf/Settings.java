package dev.taskscheduler.conf;

import dev.taskscheduler.conf.ConfigException.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Reads settings by name, the environment over the yaml, and gathers every fault instead of
/// stopping at the first. A setting with a fault reads as its default, so that the rest can still
/// be looked at; [#check] throws before anyone uses it.
final class Settings {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12}) ?(B|KiB|MiB)?");
  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}");

  private final Map<String, String> env;
  private final Map<String, String> yaml;
  private final Set<String> known = new HashSet<>();
  private final Set<String> faulty = new HashSet<>();
  private final List<Fault> faults = new ArrayList<>();

  /// @param env by name; a blank value counts as none, since Compose hands on unset variables so
  /// @param yaml what stands under `scheduler`, by dashed key
  Settings(Map<String, String> env, Map<String, String> yaml) {
    this.env = env;
    this.yaml = yaml;
  }

  /// A value and the name that people know it by.
  private record Found(String name, String value) {}

  private Optional<Found> find(String name) {
    String key = name.toLowerCase(Locale.ROOT).replace('_', '-');
    known.add(key);
    String fromEnv = env.getOrDefault(name, "").strip();
    if (!fromEnv.isEmpty()) {
      return Optional.of(new Found(name, fromEnv));
    }
    String fromYaml = yaml.getOrDefault(key, "").strip();
    return fromYaml.isEmpty()
        ? Optional.empty()
        : Optional.of(new Found("scheduler." + key + " in application.yaml", fromYaml));
  }

  /// A variable that others than this program's users set, such as systemd; empty where it is not
  /// set.
  Optional<String> ofTheSystem(String name) {
    return Optional.of(env.getOrDefault(name, "").strip()).filter(value -> !value.isEmpty());
  }

  /// Notes a fault that shows in no single value.
  void fault(String name, String found, String allowed) {
    faults.add(new Fault(name, found, allowed));
  }

  /// Whether a setting that was read had no fault of its own.
  boolean sound(String name) {
    return !faulty.contains(name);
  }

  /// Any text that `parser` takes; what it throws as IllegalArgumentException says what is allowed.
  ///
  /// @param shown how the value may be repeated to people
  <T> T text(
      String name, String fallback, Function<String, T> parser, Function<String, String> shown) {
    Optional<Found> found = find(name);
    if (found.isPresent()) {
      String value = found.get().value();
      try {
        return parser.apply(value);
      } catch (IllegalArgumentException e) {
        faulty.add(name);
        fault(found.get().name(), shown.apply(value), String.valueOf(e.getMessage()));
      }
    }
    return parser.apply(fallback);
  }

  /// A text that matches `pattern` in full.
  String matching(String name, String fallback, Pattern pattern, String allowed) {
    return text(
        name,
        fallback,
        value -> {
          if (!pattern.matcher(value).matches()) {
            throw new IllegalArgumentException(allowed);
          }
          return value;
        },
        value -> value);
  }

  /// One of an enum's names, in any case.
  <E extends Enum<E>> E choice(String name, E fallback) {
    Class<E> type = fallback.getDeclaringClass();
    return text(
        name,
        fallback.name(),
        value ->
            Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equalsIgnoreCase(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(names(type))),
        value -> value);
  }

  private static <E extends Enum<E>> String names(Class<E> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(constant -> constant.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }

  /// `true` or `false`.
  boolean flag(String name, boolean fallback) {
    return text(
        name,
        String.valueOf(fallback),
        value ->
            switch (value.toLowerCase(Locale.ROOT)) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new IllegalArgumentException("true, false");
            },
        value -> value);
  }

  /// A whole number from `min` to `max`.
  long number(String name, long fallback, long min, long max) {
    return text(
        name,
        String.valueOf(fallback),
        value -> {
          if (!NUMBER.matcher(value).matches()
              || Long.parseLong(value) < min
              || Long.parseLong(value) > max) {
            throw new IllegalArgumentException("a whole number from " + min + " to " + max);
          }
          return Long.parseLong(value);
        },
        value -> value);
  }

  /// Bytes, from `min` to `max`: a plain number, or one with `KiB` or `MiB`.
  int size(String name, int fallback, int min, int max) {
    return text(
        name,
        String.valueOf(fallback),
        value -> {
          var matcher = SIZE.matcher(value);
          long bytes = matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
          if (bytes >= 0 && matcher.group(2) != null) {
            bytes *=
                switch (matcher.group(2)) {
                  case "KiB" -> 1L << 10;
                  case "MiB" -> 1L << 20;
                  default -> 1L;
                };
          }
          if (bytes < min || bytes > max) {
            throw new IllegalArgumentException(
                "from " + min + " to " + max + " bytes, such as 65536, 512KiB or 1MiB");
          }
          return (int) bytes;
        },
        value -> value);
  }

  /// A duration from `min` to `max`, as [Durations] reads it.
  Duration duration(String name, String fallback, String min, String max) {
    Duration least = Durations.parse(min).orElseThrow();
    Duration most = Durations.parse(max).orElseThrow();
    return text(
        name,
        fallback,
        value ->
            Durations.parse(value)
                .filter(read -> read.compareTo(least) >= 0 && read.compareTo(most) <= 0)
                .orElseThrow(() ->
                    new IllegalArgumentException(
                        "a duration from "
                            + min
                            + " to "
                            + max
                            + ", such as 500ms, 2s, 10m, 24h, 7d or PT2S")),
        value -> value);
  }

  /// Looks for keys that nobody asked for, then tells all faults at once.
  ///
  /// @throws ConfigException if there is any
  void check() {
    yaml.keySet().stream()
        .filter(key -> !known.contains(key))
        .sorted()
        .forEach(key ->
            fault(
                "scheduler." + key + " in application.yaml",
                "set", // what is not known may be a secret: its value is not repeated
                "no such key; known: "
                    + known.stream().sorted().collect(Collectors.joining(", "))));
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
  }
}
