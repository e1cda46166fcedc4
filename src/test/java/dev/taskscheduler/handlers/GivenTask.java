package dev.taskscheduler.handlers;

import dev.taskscheduler.task.AttemptRecord;
import dev.taskscheduler.task.AttemptRecord.How;
import java.time.Instant;
import java.util.Optional;

/// A task as tests of answers give it.
final class GivenTask {
  static final String ID = "019aa0e6-5b3c-7000-8000-000000000000";
  static final Instant T0 = Instant.parse("2026-11-23T08:55:00Z");
  static final Instant T1 = Instant.parse("2026-11-23T08:55:01.000001Z");
  static final Instant T2 = Instant.parse("2026-11-23T08:55:02Z");
  static final AttemptRecord FAILED =
      new AttemptRecord(
          1, 7, Optional.of("node1"), T1, Optional.of(T2), How.FAILED, "it answered 500.");

  private GivenTask() {}
}
