package dev.taskscheduler.task;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.Map;

/// The policies by which failed attempts are retried, for each type of task.
///
/// @param usual for all types but these
/// @param byType for types that need another policy
public record RetryDefaults(RetryPolicy usual, Map<String, RetryPolicy> byType) {
  public RetryDefaults {
    byType = Map.copyOf(byType);
  }

  /// The same for all types.
  public static RetryDefaults of(int maxAttempts, Backoff backoff) {
    return new RetryDefaults(new RetryPolicy(maxAttempts, backoff), Map.of());
  }

  /// The policy of a type.
  public RetryPolicy of(String type) {
    return byType.getOrDefault(type, usual);
  }

  /// The attempts of each type that has a policy of its own.
  public Map<String, Integer> maxAttemptsByType() {
    return byType.entrySet().stream()
        .collect(toUnmodifiableMap(Map.Entry::getKey, each -> each.getValue().maxAttempts()));
  }
}
