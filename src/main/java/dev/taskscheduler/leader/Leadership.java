package dev.taskscheduler.leader;

import dev.taskscheduler.spi.FencingToken;
import java.time.Duration;
import java.time.Instant;

/// One leadership of this node, given to the work that it drives: from one acquisition to its end.
public interface Leadership {
  /// What each write must carry.
  FencingToken token();

  /// `redis` or `raft`.
  String elector();

  /// When it was taken, by Redis's clock.
  Instant since();

  /// How long this node may still trust that no other leads, by its own clocks; zero once trust has
  /// ended. Trust that has ended never comes back for this leadership.
  Duration trustLeft();

  /// Whether [#trustLeft] is more than zero. To be asked before each claim and again before each
  /// start.
  boolean trusted();

  /// Tells that a write was answered `FENCED`: another leads. Ends this leadership; safe to call
  /// from any thread, often.
  void fenced();
}
