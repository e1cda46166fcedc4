package dev.taskscheduler.handlers.tasks;

import dev.taskscheduler.task.Explanation;
import dev.taskscheduler.task.TaskState;

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
  PAUSED,
  NO_LEADER,
  /// Others go before it.
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
    if (!task.pausedBy().isEmpty()) {
      return PAUSED;
    }
    if (!led) {
      return NO_LEADER;
    }
    return task.queue().isPresent() && task.queue().get().ahead() > 0 ? QUEUED : NEXT;
  }
}
