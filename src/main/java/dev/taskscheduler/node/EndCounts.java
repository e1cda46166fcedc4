package dev.taskscheduler.node;

import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import java.time.Duration;
import java.util.Optional;

/// Reports the ends of attempts to the listener, in the words of the metrics.
final class EndCounts {
  private EndCounts() {}

  /// Reports an end that Redis has answered.
  static void report(
      WorkListener listener, Claim claim, AttemptEnd end, Outcome outcome, Duration run) {
    word(end, outcome)
        .ifPresent(word -> {
          listener.finished(word, run);
          listener.ended(claim.type(), claim.options().queue(), word, run);
          if (claim.options().has(TaskOption.CALLBACK_URL) && isCalled(claim.options(), word)) {
            listener.callbackMade();
          }
        });
  }

  private static boolean isCalled(TaskOptions options, String word) {
    return switch (options.get(TaskOption.CALLBACK_ON).orElse(Callback.When.BOTH)) {
      case SUCCESS -> word.equals("completed");
      case FAILURE -> word.equals("dead");
      case BOTH -> word.equals("completed") || word.equals("dead");
    };
  }

  private static Optional<String> word(AttemptEnd end, Outcome outcome) {
    return switch (end) {
      case COMPLETED -> Optional.of("completed");
      case DEAD -> Optional.of("dead");
      case RETRYING -> Optional.of("retried");
      case CANCELLED -> Optional.of("cancelled");
      case REQUEUED -> Optional.of("requeued");
      case BEFORE -> // an answer was lost: the outcome that was sent is the one that was recorded
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
