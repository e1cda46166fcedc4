package dev.taskscheduler.handlers.tasks;

import dev.taskscheduler.task.Explanation;
import dev.taskscheduler.task.TaskState;

/// The reasons why a task is not running now; where several hold, the one that has to go first.
enum WaitReason {
  ENDED("ended"),
  RUNNING("running"),
  /// Its time is over; it is ended when its turn comes.
  EXPIRED("expired"),
  SCHEDULED("scheduled"),
  /// A leader had no runner for its type and put it back.
  NO_RUNNER("no-runner"),
  RETRYING("retrying"),
  PAUSED("paused"),
  NO_LEADER("no-leader"),
  /// Others go before it.
  QUEUED("queued"),
  /// Nothing but a free worker is missing.
  NEXT("next");

  private final String wire;

  WaitReason(String wire) {
    this.wire = wire;
  }

  /// As REST writes it.
  String wire() {
    return wire;
  }

  static WaitReason of(Explanation task, boolean led) {
    return switch (task.task().state()) {
      case TaskState.Completed completed -> ENDED;
      case TaskState.Dead dead -> ENDED;
      case TaskState.Expired expired -> ENDED;
      case TaskState.Cancelled cancelled -> ENDED;
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
