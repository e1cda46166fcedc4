package dev.taskscheduler.task;

import java.time.Instant;

/// One attempt of one task, granted to one leader.
///
/// @param attempt the number of this start, from 1; never used twice for a task
/// @param charged attempts that were charged to the task before this one; a planned stop charges
///   none
/// @param options what its submission asked for beyond the usual
/// @param payload the JSON value as it was submitted, byte for byte
/// @param claimedAt by Redis's clock
public record Claim(
    String id,
    int attempt,
    int charged,
    Priority priority,
    String type,
    TaskOptions options,
    byte[] payload,
    Instant submittedAt,
    Instant claimedAt) {}
