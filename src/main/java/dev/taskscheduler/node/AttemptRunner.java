package dev.taskscheduler.node;

import dev.taskscheduler.logging.LogFields;
import dev.taskscheduler.runner.ResultCheck;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.spi.TaskRun;
import dev.taskscheduler.spi.TaskRunner;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.tracing.TraceContext;
import dev.taskscheduler.tracing.Tracer;
import java.util.Optional;

/// Runs one attempt after another on the threads of their tasks, and turns what comes out of a
/// runner into an outcome. What a runner logs has the fields of its task.
final class AttemptRunner {
  private final FencingToken token;
  private final int maxResultBytes;
  private final Retries retries;
  private final Tracer tracer;

  AttemptRunner(FencingToken token, int maxResultBytes, Retries retries, Tracer tracer) {
    this.token = token;
    this.maxResultBytes = maxResultBytes;
    this.retries = retries;
    this.tracer = tracer;
  }

  Outcome run(Attempt attempt, TaskRunner runner) {
    Claim claim = attempt.claim();
    AttemptSpan span = AttemptSpan.begin(tracer, attempt, token);
    Optional<TraceContext> trace = span.context();
    return ScopedValue.where(LogFields.CURRENT, () -> TaskFields.of(claim, token).trace(trace))
        .call(() -> span.ended(outcome(claim, trace, runner)));
  }

  private Outcome outcome(Claim claim, Optional<TraceContext> trace, TaskRunner runner) {
    try {
      TaskResult result =
          runner.run(
              new TaskRun(
                  claim.id(),
                  claim.attempt(),
                  token,
                  claim.payload(),
                  trace.map(TraceContext::traceparent),
                  maxResultBytes));
      return ResultCheck.error(result, maxResultBytes)
          .<Outcome>map(error -> new Outcome.Failure(error, false, Optional.empty()))
          .orElseGet(() -> new Outcome.Success(result.json()));
    } catch (Throwable e) { // what a runner throws ends its own attempt and nothing else
      return retries.failure(claim, e);
    }
  }
}
