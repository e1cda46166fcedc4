package dev.taskscheduler.tracing;

import java.time.Instant;
import java.util.Optional;

/// A tracer that records nothing.
final class NoTracer implements Tracer {
  private static final Span NOTHING = new Nothing(Optional.empty());

  private record Nothing(Optional<TraceContext> context) implements Span {
    @Override
    public Span with(String attribute, String value) {
      return this;
    }

    @Override
    public Span with(String attribute, long value) {
      return this;
    }

    @Override
    public Span failed(String error) {
      return this;
    }

    @Override
    public void end() {
      // it has no record
    }

    @Override
    public void end(Instant at) {
      // it has no record
    }
  }

  @Override
  public boolean records() {
    return false;
  }

  @Override
  public Span begin(Start start) {
    Optional<TraceContext> came = start.parent().or(start::link);
    return came.isEmpty() ? NOTHING : new Nothing(came);
  }

  @Override
  public Span begin(Start start, Instant at) {
    return begin(start);
  }

  @Override
  public void close() {
    // nothing is open
  }
}
