package dev.taskscheduler.handlers.tasks;

import dev.taskscheduler.task.Explanation;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.QueueBlock;
import dev.taskscheduler.task.TaskState;
import java.util.Optional;

/// The reasons why a task is not running now; where several hold, the one that has to go first.
enum WaitReason {
  ENDED,
  RUNNING,
  /// Its time is over; it is ended when its turn comes.
  EXPIRED,
  SCHEDULED,
  /// A leader had no runner for its type and put it back.
  NO_RUNNER,
  RETRYING,
  /// Everything or its priority is paused.
  PAUSED,
  QUEUE_PAUSED,
  NO_LEADER,
  /// A target asked for its queue to be left alone.
  QUEUE_CLOSED,
  /// As many tasks of its queue run as may.
  AT_CONCURRENCY,
  /// As many tasks of its queue were started as may be in this time.
  AT_RATE,
  /// Other tasks go before it, or other queues have their turns.
  QUEUED,
  /// Nothing but a free worker is missing.
  NEXT;

  static WaitReason of(Explanation task, boolean led) {
    return switch (task.task().state()) {
      case TaskState.Completed _, TaskState.Dead _, TaskState.Expired _, TaskState.Cancelled _ ->
          ENDED;
      case TaskState.Running running -> RUNNING;
      case TaskState.Scheduled scheduled -> {
        if (task.expired()) {
          yield EXPIRED;
        }
        yield task.task().attempts() > 0 && task.charged() == 0 ? NO_RUNNER : SCHEDULED;
      }
      case TaskState.Retrying retrying -> task.expired() ? EXPIRED : RETRYING;
      case TaskState.Ready ready -> ready(task, led);
    };
  }

  private static WaitReason ready(Explanation task, boolean led) {
    if (task.expired()) {
      return EXPIRED;
    }
    if (!task.pausedBy().stream().allMatch(Pause.OfQueue.class::isInstance)) {
      return PAUSED;
    }
    if (!task.pausedBy().isEmpty()) {
      return QUEUE_PAUSED;
    }
    Optional<WaitReason> blocked = task.blocked().map(WaitReason::of);
    if (!led && !blocked.equals(Optional.of(QUEUE_PAUSED))) {
      return NO_LEADER;
    }
    return blocked.orElseGet(
        () -> task.queue().filter(WaitReason::waits).isPresent() ? QUEUED : NEXT);
  }

  private static WaitReason of(QueueBlock block) {
    return switch (block) {
      case QueueBlock.Paused _ -> QUEUE_PAUSED;
      case QueueBlock.Closed _ -> QUEUE_CLOSED;
      case QueueBlock.Concurrency _ -> AT_CONCURRENCY;
      case QueueBlock.Rate _ -> AT_RATE;
    };
  }

  private static boolean waits(Explanation.InQueue queue) {
    return queue.ahead() > 0 || queue.turns() > 0;
  }
}
