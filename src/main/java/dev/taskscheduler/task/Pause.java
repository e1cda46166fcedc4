package dev.taskscheduler.task;

import java.util.Locale;
import java.util.Optional;

/// A pause: what may not start. Survives restarts and leaders.
public sealed interface Pause {
  /// As many queues and patterns may be paused at once.
  int MOST = 200;

  /// Everything.
  record All() implements Pause {}

  /// One priority.
  record OfPriority(Priority priority) implements Pause {}

  /// One queue, or all whose names match a pattern.
  record OfQueue(String name) implements Pause {}

  /// `all`, `priority:<name>` or `queue:<name or pattern>`, as Redis and REST write it.
  default String wire() {
    return switch (this) {
      case All() -> "all";
      case OfPriority(Priority priority) -> "priority:" + priority.wire();
      case OfQueue(String name) -> "queue:" + name;
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

  /// Reads the wire form; any text that is none is a queue's.
  static Pause parse(String wire) {
    int colon = wire.indexOf(':');
    String name = wire.substring(colon + 1);
    return switch (colon < 0 ? wire : wire.substring(0, colon)) {
      case "all" -> new All();
      case "priority" -> new OfPriority(Priority.valueOf(name.toUpperCase(Locale.ROOT)));
      default -> new OfQueue(name);
    };
  }
}
