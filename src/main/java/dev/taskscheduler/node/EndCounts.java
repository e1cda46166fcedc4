package dev.taskscheduler.node;

import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import java.time.Duration;
import java.util.Optional;

/// Tells the listener what became of attempts, in the words of the metrics.
final class EndCounts {
  private EndCounts() {}

  /// An end was answered.
  static void tell(
      WorkListener listener, Claim claim, AttemptEnd end, Outcome outcome, Duration run) {
    Optional<String> word = word(end, outcome);
    word.ifPresent(how -> {
      listener.finished(how, run);
      if (claim.options().has(TaskOption.CALLBACK_URL) && isCalled(claim.options(), how)) {
        listener.callbackMade();
      }
    });
  }

  private static boolean isCalled(TaskOptions options, String how) {
    return switch (options.get(TaskOption.CALLBACK_ON).orElse(Callback.When.BOTH)) {
      case SUCCESS -> how.equals("completed");
      case FAILURE -> how.equals("dead");
      case BOTH -> how.equals("completed") || how.equals("dead");
    };
  }

  private static Optional<String> word(AttemptEnd end, Outcome outcome) {
    return switch (end) {
      case COMPLETED -> Optional.of("completed");
      case DEAD -> Optional.of("dead");
      case RETRYING -> Optional.of("retried");
      case CANCELLED -> Optional.of("cancelled");
      case BEFORE -> // an answer was lost: what was meant is what was recorded
          Optional.of(
              switch (outcome) {
                case Outcome.Success success -> "completed";
                case Outcome.Failure failure -> failure.retryIn().isPresent() ? "retried" : "dead";
                case Outcome.Cancelled cancelled -> "cancelled";
              });
      case REFUSED -> Optional.empty();
    };
  }
}
