package dev.taskscheduler.task;

import java.time.Instant;
import java.util.Optional;

/// One attempt of a task, ended or running.
///
/// @param number of the start, from 1
/// @param epoch of the leader that started it
/// @param node that leader's; empty if it led too long ago to be known
/// @param endedAt empty while it runs
/// @param error what went wrong, for people; empty if nothing did
public record AttemptRecord(
    int number,
    long epoch,
    Optional<String> node,
    Instant startedAt,
    Optional<Instant> endedAt,
    How how,
    String error) {
  /// How it ended.
  public enum How {
    RUNNING,
    COMPLETED,
    FAILED,
    TIMED_OUT,
    /// Its leader was lost while it ran.
    LEADER_LOST,
    /// Its leader stopped, and it went back uncharged.
    RECALLED,
    CANCELLED
  }
}
