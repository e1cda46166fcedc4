package dev.taskscheduler.node;

import java.time.Duration;

/// The policies by which priorities share the claims.
public sealed interface PriorityPolicy {
  /// A lower priority runs only when nothing of a higher one is ready.
  ///
  /// @param ageing a wait that lifts a task by one priority; zero: low may wait for ever
  record Strict(Duration ageing) implements PriorityPolicy {}

  /// Each priority has its share of the starts; what one leaves goes to the others, the highest
  /// first.
  ///
  /// @param high 1 to 1,000, and so on
  record Weighted(int high, int medium, int low) implements PriorityPolicy {}
}
