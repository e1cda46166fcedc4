package dev.taskscheduler.leader;

import java.time.Duration;

/// Decides when a nominated node that cannot reach Redis transfers its nomination. The first time
/// is after one trust, so that a node that reaches Redis can lead. The wait grows while Redis is
/// down for all, so that a group does more than elect. No clock is read here. One thread.
final class TransferBackoff {
  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final int LONGEST_DOUBLING = 10;

  private final Duration trust;
  private int transferred;
  private long until;

  TransferBackoff(Duration trust, long now) {
    this.trust = trust;
    nominated(now);
  }

  void nominated(long now) {
    long pause = trust.toNanos() << Math.min(transferred, LONGEST_DOUBLING);
    until = now + Math.max(trust.toNanos(), Math.min(LONGEST.toNanos(), pause));
  }

  void answered(long at) {
    transferred = 0;
    until = Math.max(until, at + trust.toNanos());
  }

  void transferred(long now) {
    transferred++;
    nominated(now);
  }

  boolean ended(long now) {
    return now - until >= 0;
  }
}
