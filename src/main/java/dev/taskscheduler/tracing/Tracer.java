package dev.taskscheduler.tracing;

import java.time.Instant;
import java.util.Optional;

/// Begins spans. Callers are quick whether spans are recorded or not, and never fail for them.
public interface Tracer extends AutoCloseable {
  /// Records nothing, and hands on what came.
  Tracer NONE = new NoTracer();

  /// Which part a span has in the path of a task.
  enum Kind {
    /// A task is submitted.
    PRODUCER,
    /// An attempt.
    CONSUMER,
    /// A request to a target.
    CLIENT,
    /// Something within this program.
    INTERNAL
  }

  /// What a span is when it begins.
  ///
  /// @param parent the span that it is a part of; empty for a new trace
  /// @param link another trace that it follows from
  record Start(String name, Kind kind, Optional<TraceContext> parent, Optional<TraceContext> link) {
    public static Start within(String name, Kind kind, Optional<TraceContext> parent) {
      return new Start(name, kind, parent, Optional.empty());
    }
  }

  /// A span that has begun. Used by one thread at a time.
  interface Span {
    /// What its parts name as their parent; empty where nothing is recorded and nothing came.
    Optional<TraceContext> context();

    Span with(String attribute, String value);

    Span with(String attribute, long value);

    /// @param error in words of this program
    Span failed(String error);

    void end();

    void end(Instant at);
  }

  /// Whether spans are recorded at all.
  boolean records();

  Span begin(Start start);

  Span begin(Start start, Instant at);

  /// Sends what is recorded, within a bounded time.
  @Override
  void close();
}
