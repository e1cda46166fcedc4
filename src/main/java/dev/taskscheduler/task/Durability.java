package dev.taskscheduler.task;

/// The levels of durability of a submission at its answer; each more than the one before.
public enum Durability {
  /// Redis has it in its memory, and writes it down as it is configured.
  MEMORY,
  /// At least one replica has it too.
  REPLICA,
  /// It is on the disk of the Redis that was asked.
  FSYNC
}
