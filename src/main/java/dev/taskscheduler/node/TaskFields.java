package dev.taskscheduler.node;

import dev.taskscheduler.logging.LogFields;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.tracing.TraceContext;

/// The fields of log lines about one attempt at a task.
final class TaskFields {
  private TaskFields() {}

  static LogFields of(Claim claim, FencingToken token) {
    return LogFields.NONE
        .task(claim.id())
        .queue(claim.options().queue())
        .type(claim.type())
        .attempt(claim.attempt())
        .epoch(token.epoch())
        .trace(claim.options().get(TaskOption.TRACEPARENT).flatMap(TraceContext::parse));
  }
}
