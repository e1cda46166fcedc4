package dev.taskscheduler.task;

import java.time.Instant;
import java.util.Optional;

/// A leadership that has begun, as it is kept for people.
///
/// @param elector that nominated the node; empty where an older version wrote it down, as are the
///   next
/// @param why it began: `first` (no lease stood), why the leader before it released the lease, or
///   `silent` (it did not renew its lease)
public record PastLeader(
    String node,
    long epoch,
    Optional<String> elector,
    Optional<Instant> since,
    Optional<String> why) {}
