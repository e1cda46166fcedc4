package dev.taskscheduler.audit;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/// The newest changes that somebody asked for, of all nodes.
public interface AuditTrail {
  /// Entries that are kept; older ones are dropped.
  int MOST = 10_000;

  /// An entry as it is kept.
  ///
  /// @param number each is one more than that of the entry before
  /// @param at when it was kept, by the clock of Redis
  record Kept(long number, Instant at, AuditEntry entry) {}

  /// Keeps an entry. Returns at once and never fails: what cannot be kept is logged.
  void record(AuditEntry entry);

  /// Up to `limit` entries, the newest first.
  ///
  /// @param before only those of a lower number
  List<Kept> newest(OptionalLong before, int limit);
}
