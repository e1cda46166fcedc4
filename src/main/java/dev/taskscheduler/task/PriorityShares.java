package dev.taskscheduler.task;

import java.time.Duration;

/// The shares of the priorities in one claim.
///
/// @param high how many of the limit are for high; what the three leave goes by priority
/// @param medium how many are for medium
/// @param low how many are for low
/// @param ageing a wait that lifts a task by one priority; zero for none
public record PriorityShares(int high, int medium, int low, Duration ageing) {
  /// By priority alone.
  public static final PriorityShares STRICT = new PriorityShares(0, 0, 0, Duration.ZERO);
}
