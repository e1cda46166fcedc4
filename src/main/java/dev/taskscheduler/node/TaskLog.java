package dev.taskscheduler.node;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.tracing.TraceContext;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/// Logs what people look for: the first task of this process that ended well, and each that is
/// dead. Thousands may die at once, so a few lines are written in some seconds, and then how many
/// were left out.
final class TaskLog {
  private static final System.Logger LOG = System.getLogger(TaskLog.class.getName());
  private static final int MOST_LINES = 10;
  private static final Duration WINDOW = Duration.ofSeconds(10);

  private final LongSupplier nanos;
  private final AtomicBoolean firstTold = new AtomicBoolean();
  private long windowEnd;
  private int lines;
  private long leftOut;

  /// @param nanos the clock of [System#nanoTime]
  TaskLog(LongSupplier nanos) {
    this.nanos = nanos;
    this.windowEnd = nanos.getAsLong();
  }

  /// The end of an attempt was recorded.
  void ended(FencingToken token, Claim claim, AttemptEnd end, Outcome outcome, Duration run) {
    if (end == AttemptEnd.COMPLETED && firstTold.compareAndSet(false, true)) {
      LOG.log(
          INFO,
          "first task completed id=%s type=%s runMs=%s"
              .formatted(claim.id(), claim.type(), run.toMillis()),
          TaskFields.of(claim, token));
    } else if (end == AttemptEnd.DEAD && outcome instanceof Outcome.Failure failure && mayTell()) {
      LOG.log(
          WARNING,
          "task is dead id=%s queue=%s type=%s attempt=%s%s error=%s"
              .formatted(
                  claim.id(),
                  claim.options().queue(),
                  claim.type(),
                  claim.attempt(),
                  trace(claim),
                  failure.error()),
          TaskFields.of(claim, token));
    }
  }

  /// What stands in Redis may be anything, and a line of the log must not keep an attempt from its
  /// end.
  private static String trace(Claim claim) {
    return claim
        .options()
        .get(TaskOption.TRACEPARENT)
        .flatMap(TraceContext::parse)
        .map(span -> " trace=" + span.traceId())
        .orElse("");
  }

  private synchronized boolean mayTell() {
    tellLeftOut();
    if (lines == MOST_LINES) {
      leftOut++;
      return false;
    }
    if (lines++ == 0) {
      windowEnd = nanos.getAsLong() + WINDOW.toNanos();
    }
    return true;
  }

  /// Tells how many dead tasks were left out, once that time is over. To be called now and then.
  synchronized void tellLeftOut() {
    if (nanos.getAsLong() - windowEnd < 0) {
      return;
    }
    if (leftOut > 0) {
      LOG.log(WARNING, "more tasks are dead, list them by GET /tasks?state=dead count=" + leftOut);
    }
    lines = 0;
    leftOut = 0;
  }
}
