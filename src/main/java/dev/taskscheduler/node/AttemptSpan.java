package dev.taskscheduler.node;

import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.tracing.TraceContext;
import dev.taskscheduler.tracing.Tracer;
import dev.taskscheduler.tracing.Tracer.Kind;
import dev.taskscheduler.tracing.Tracer.Start;
import java.time.Instant;
import java.util.Optional;

/// The spans of an attempt, in the words of OpenTelemetry's conventions for messaging. The first
/// attempt is a part of its submission, and so is the wait before it. Each later one is a trace of
/// its own with a link to the submission: it may come hours later, when nobody holds that trace
/// open.
///
/// @param begun when the attempt began, by the clock of Redis
/// @param beganNanos the same by [System#nanoTime]
record AttemptSpan(Tracer.Span span, Instant begun, long beganNanos) {
  static AttemptSpan begin(Tracer tracer, Attempt attempt, FencingToken token) {
    Claim claim = attempt.claim();
    Optional<TraceContext> submitted =
        claim.options().get(TaskOption.TRACEPARENT).flatMap(TraceContext::parse);
    long now = System.nanoTime();
    if (!tracer.records()) {
      return new AttemptSpan(
          tracer.begin(Start.within("", Kind.CONSUMER, submitted)), claim.claimedAt(), now);
    }
    Instant begun = claim.claimedAt().plusNanos(attempt.waitedNanos());
    boolean first = claim.attempt() == 1;
    if (first && submitted.isPresent()) {
      Instant due = claim.options().dueAt(claim.submittedAt());
      tracer
          .begin(Start.within("wait", Kind.INTERNAL, submitted), due)
          .with("task.priority", claim.priority().wire())
          .end(begun);
    }
    String queue = claim.options().queue();
    Tracer.Span span =
        tracer
            .begin(
                new Start(
                    "process " + queue,
                    Kind.CONSUMER,
                    first ? submitted : Optional.empty(),
                    first ? Optional.empty() : submitted),
                begun)
            .with("messaging.system", "task-scheduler")
            .with("messaging.operation.name", "attempt")
            .with("messaging.operation.type", "process")
            .with("messaging.destination.name", queue)
            .with("messaging.message.id", claim.id())
            .with("task.type", claim.type())
            .with("task.attempt", claim.attempt())
            .with("task.epoch", token.epoch());
    return new AttemptSpan(span, begun, now);
  }

  /// The trace that the attempt hands on to whom it calls.
  Optional<TraceContext> context() {
    return span.context();
  }

  Outcome ended(Outcome outcome) {
    if (outcome instanceof Outcome.Failure failure) {
      span.with("task.retried", failure.retryIn().isPresent() ? "true" : "false")
          .failed(failure.error());
    }
    span.end(begun.plusNanos(System.nanoTime() - beganNanos));
    return outcome;
  }
}
