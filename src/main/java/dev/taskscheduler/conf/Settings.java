package dev.taskscheduler.conf;

import dev.taskscheduler.conf.ConfigException.Fault;
import dev.taskscheduler.handlers.cluster.NodeSetting;
import dev.taskscheduler.time.Durations;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
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

/// Reads settings by name, from the environment or else from yaml, and collects all errors. A
/// setting with an error reads as its default, so that reading goes on; [#check] throws at the end.
/// Name, default and allowed range of a setting are given once, in the call that reads it.
final class Settings {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12}) ?(B|KiB|MiB)?");
  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}");

  private final Map<String, String> env;
  private final Map<String, String> yaml;
  private final Set<String> known = new HashSet<>();
  private final Set<String> faulty = new HashSet<>();
  private final ShownSettings shown = new ShownSettings();
  private final List<Fault> faults = new ArrayList<>();

  /// @param env by name; a blank value counts as unset, since Compose passes unset variables so
  /// @param yaml the values under `scheduler`, by dashed key
  Settings(Map<String, String> env, Map<String, String> yaml) {
    this.env = env;
    this.yaml = yaml;
  }

  /// A value and the name that messages show for it.
  ///
  /// @param from where it stands, in a word
  private record Found(String name, String value, String from) {}

  private Optional<Found> find(String name) {
    String key = name.toLowerCase(Locale.ROOT).replace('_', '-');
    known.add(key);
    String fromEnv = env.getOrDefault(name, "").strip();
    if (!fromEnv.isEmpty()) {
      return Optional.of(new Found(name, fromEnv, "environment"));
    }
    String fromYaml = yaml.getOrDefault(key, "").strip();
    return fromYaml.isEmpty()
        ? Optional.empty()
        : Optional.of(new Found("scheduler." + key + " in application.yaml", fromYaml, "file"));
  }

  /// Whether a setting is set.
  boolean given(String name) {
    return find(name).isPresent();
  }

  /// A variable that the system sets, such as systemd; empty where it is not set.
  Optional<String> systemVariable(String name) {
    return Optional.of(env.getOrDefault(name, "").strip()).filter(value -> !value.isEmpty());
  }

  /// Adds an error that no single value shows.
  void fault(String name, String found, String allowed) {
    faults.add(new Fault(name, found, allowed));
  }

  /// Whether a setting was read without an error.
  boolean valid(String name) {
    return !faulty.contains(name);
  }

  /// A text that `parser` reads; the message of its IllegalArgumentException says what is allowed.
  <T> T text(String name, String fallback, Function<String, T> parser) {
    return text(name, fallback, parser, value -> value);
  }

  /// The same for a value that may hold a secret.
  ///
  /// @param shown how messages show the value
  <T> T text(
      String name, String fallback, Function<String, T> parser, Function<String, String> shown) {
    Optional<Found> found = find(name);
    if (found.isPresent()) {
      String value = found.get().value();
      try {
        T parsed = parser.apply(value);
        this.shown.note(name, value, found.get().from());
        return parsed;
      } catch (IllegalArgumentException e) {
        faulty.add(name);
        fault(found.get().name(), shown.apply(value), String.valueOf(e.getMessage()));
      }
    }
    this.shown.note(name, fallback, "default");
    return parser.apply(fallback);
  }

  /// What of all that was read may be shown.
  List<NodeSetting> shown() {
    return shown.all();
  }

  /// The absolute path of a file; empty where it is not set.
  Optional<Path> file(String name) {
    return text(name, "", value -> value.isEmpty() ? Optional.empty() : Optional.of(toPath(value)));
  }

  static Path toPath(String text) {
    try {
      return Path.of(text).toAbsolutePath();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("the path of a file or a directory", e);
    }
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
        });
  }

  /// One of an enum's names, in any case.
  <E extends Enum<E>> E choice(String name, E fallback) {
    Class<E> type = fallback.getDeclaringClass();
    return text(
        name,
        fallback.name().toLowerCase(Locale.ROOT),
        value ->
            Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equalsIgnoreCase(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(names(type))));
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
            });
  }

  /// `on` or `off`, `on` by default. YAML takes a bare `on` for true.
  boolean isOn(String name) {
    return text(
        name,
        "on",
        value ->
            switch (value.toLowerCase(Locale.ROOT)) {
              case "on", "true" -> true;
              case "off", "false" -> false;
              default -> throw new IllegalArgumentException("on, off");
            });
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
        });
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
        });
  }

  /// A duration from `min` to `max`, as [Durations] reads it.
  Duration duration(String name, String fallback, String min, String max) {
    Duration minDuration = Durations.parse(min).orElseThrow();
    Duration maxDuration = Durations.parse(max).orElseThrow();
    return text(
        name,
        fallback,
        value ->
            Durations.parse(value)
                .filter(
                    read -> read.compareTo(minDuration) >= 0 && read.compareTo(maxDuration) <= 0)
                .orElseThrow(() ->
                    new IllegalArgumentException(
                        "a duration from %s to %s, such as 500ms, 2s, 10m, 24h, 7d or PT2S"
                            .formatted(min, max))));
  }

  /// A sentence for each environment variable that looks like a setting and is none. Complete once
  /// all settings have been read.
  List<String> warnings() {
    return new UnknownVariables(
            known.stream().map(key -> key.toUpperCase(Locale.ROOT).replace('-', '_')).toList())
        .among(env.keySet());
  }

  /// Adds an error for each unknown key, then reports all errors at once.
  ///
  /// @throws ConfigException if there is an error
  void check() {
    yaml.keySet().stream()
        .filter(key -> !known.contains(key))
        .sorted()
        .forEach(key ->
            fault(
                "scheduler." + key + " in application.yaml",
                "set", // an unknown value may be a secret and is not shown
                "a known key: " + known.stream().sorted().collect(Collectors.joining(", "))));
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
  }
}
