package dev.taskscheduler.node;

import dev.taskscheduler.logging.LogFields;
import dev.taskscheduler.runner.ResultCheck;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.spi.TaskRun;
import dev.taskscheduler.spi.TaskRunner;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.TaskOption;
import java.util.Optional;

/// Runs one attempt after another on the threads of their tasks, and turns what comes out of a
/// runner into an outcome. What a runner logs has the fields of its task.
final class AttemptRunner {
  private final FencingToken token;
  private final int maxResultBytes;
  private final Retries retries;

  AttemptRunner(FencingToken token, int maxResultBytes, Retries retries) {
    this.token = token;
    this.maxResultBytes = maxResultBytes;
    this.retries = retries;
  }

  Outcome run(Claim claim, TaskRunner runner) {
    return ScopedValue.where(LogFields.CURRENT, () -> TaskFields.of(claim, token))
        .call(() -> outcome(claim, runner));
  }

  private Outcome outcome(Claim claim, TaskRunner runner) {
    try {
      TaskResult result =
          runner.run(
              new TaskRun(
                  claim.id(),
                  claim.attempt(),
                  token,
                  claim.payload(),
                  claim.options().get(TaskOption.TRACEPARENT),
                  maxResultBytes));
      return ResultCheck.error(result, maxResultBytes)
          .<Outcome>map(error -> new Outcome.Failure(error, false, Optional.empty()))
          .orElseGet(() -> new Outcome.Success(result.json()));
    } catch (Throwable e) { // what a runner throws ends its own attempt and nothing else
      return retries.failure(claim, e);
    }
  }
}
