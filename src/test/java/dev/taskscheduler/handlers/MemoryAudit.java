package dev.taskscheduler.handlers;

import dev.taskscheduler.audit.AuditEntry;
import dev.taskscheduler.audit.AuditTrail;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// An audit in memory, for faces without a Redis.
final class MemoryAudit implements AuditTrail {
  private final List<Kept> kept = new ArrayList<>();

  @Override
  public synchronized void record(AuditEntry entry) {
    kept.addFirst(new Kept(kept.size() + 1L, Instant.EPOCH, entry));
  }

  @Override
  public synchronized List<Kept> newest(OptionalLong before, int limit) {
    return kept.stream()
        .filter(one -> one.number() < before.orElse(Long.MAX_VALUE))
        .limit(limit)
        .toList();
  }
}
