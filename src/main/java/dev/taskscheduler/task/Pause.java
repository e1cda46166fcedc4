package dev.taskscheduler.task;

import java.util.Locale;
import java.util.Optional;

/// A pause: what may not start. Survives restarts and leaders.
public sealed interface Pause {
  /// As many may stand at once.
  int MOST = 200;

  /// Everything.
  record All() implements Pause {}

  /// One priority.
  record OfPriority(Priority priority) implements Pause {}

  /// One type.
  record OfType(String type) implements Pause {}

  /// `all`, `priority:<name>` or `type:<name>`, as Redis and REST write it.
  default String wire() {
    return switch (this) {
      case All() -> "all";
      case OfPriority(Priority priority) -> "priority:" + priority.wire();
      case OfType(String type) -> "type:" + type;
    };
  }

  /// Reads what stands in Redis; empty where it is no wire form.
  static Optional<Pause> read(String text) {
    try {
      return Optional.of(parse(text)).filter(what -> what.wire().equals(text));
    } catch (IllegalArgumentException e) { // no such priority
      return Optional.empty();
    }
  }

  /// Reads the wire form; any text that is none is a type's.
  static Pause parse(String wire) {
    int colon = wire.indexOf(':');
    String name = wire.substring(colon + 1);
    return switch (colon < 0 ? wire : wire.substring(0, colon)) {
      case "all" -> new All();
      case "priority" -> new OfPriority(Priority.valueOf(name.toUpperCase(Locale.ROOT)));
      default -> new OfType(name);
    };
  }
}
