package dev.taskscheduler.node;

import dev.taskscheduler.spi.TaskFailure;
import dev.taskscheduler.task.Backoff;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.RetryDefaults;
import dev.taskscheduler.task.RetryPolicy;
import dev.taskscheduler.task.TaskOption;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Decides what follows an attempt that ended badly: another one, after a wait, or none.
final class Retries {
  private final RetryDefaults defaults;
  private final RandomGenerator random = RandomGenerator.getDefault();

  Retries(RetryDefaults defaults) {
    this.defaults = defaults;
  }

  /// @param thrown by the runner
  Outcome.Failure failure(Claim claim, Throwable thrown) {
    Optional<Duration> asked = Optional.empty();
    boolean last = false;
    if (thrown instanceof TaskFailure failure) {
      asked = failure.retryAfter().map(Retries::bounded);
      last = failure.isPermanent();
    }
    return new Outcome.Failure(
        describe(thrown), false, last ? Optional.empty() : next(claim, asked), asked);
  }

  Outcome.Failure timeout(Claim claim, Duration timeout) {
    return new Outcome.Failure(
        "timed out after " + timeout.toMillis() + " ms", true, next(claim, Optional.empty()));
  }

  /// @param asked how long the target wants to be left alone at the least
  private Optional<Duration> next(Claim claim, Optional<Duration> asked) {
    RetryPolicy policy = defaults.of(claim.type());
    int charged = claim.charged() + 1;
    if (charged >= claim.options().get(TaskOption.MAX_ATTEMPTS).orElse(policy.maxAttempts())) {
      return Optional.empty();
    }
    Duration wait;
    synchronized (random) {
      wait = policy.backoff().with(claim.options()).after(charged, random);
    }
    Duration least = asked.orElse(Duration.ZERO);
    return Optional.of(least.compareTo(wait) > 0 ? least : wait);
  }

  /// No more than the longest backoff is heeded.
  private static Duration bounded(Duration asked) {
    return asked.compareTo(Backoff.LONGEST) < 0 ? asked : Backoff.LONGEST;
  }

  private static String describe(Throwable e) {
    String message;
    try {
      message = e.getMessage();
    } catch (Throwable broken) { // a runner's own exception may do anything
      message = null;
    }
    return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
  }
}
