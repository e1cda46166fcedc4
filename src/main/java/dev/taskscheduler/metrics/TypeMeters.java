package dev.taskscheduler.metrics;

import io.helidon.metrics.api.Counter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts attempts by the type and queue of their task. Users make up both, so only the first pairs
/// of this process have their own series; the rest is `other`.
final class TypeMeters {
  static final int MOST_PAIRS = 100;
  static final String OTHER = "other";

  private static final Pair REST = new Pair(OTHER, OTHER);

  private record Pair(String type, String queue) {}

  private record Key(Pair pair, String outcome) {}

  private record Counts(Counter attempts, Counter runMillis) {}

  private final MeterRegistryWriter registry;
  private final Map<Pair, Pair> named = new ConcurrentHashMap<>();
  private final AtomicInteger pairs = new AtomicInteger();
  private final Map<Key, Counts> counts = new ConcurrentHashMap<>();

  TypeMeters(MeterRegistryWriter registry) {
    this.registry = registry;
  }

  /// @param outcome a word of this program
  void ended(String type, String queue, String outcome, Duration ran) {
    var key = new Key(named(new Pair(type, queue)), outcome);
    Counts known = counts.get(key); // a plain get first: computeIfAbsent may lock
    Counts both = known == null ? counts.computeIfAbsent(key, this::made) : known;
    both.attempts.increment();
    both.runMillis.increment(ran.toMillis());
  }

  private Pair named(Pair pair) {
    if (named.containsKey(pair)) {
      return pair;
    }
    if (pairs.get() >= MOST_PAIRS || pairs.incrementAndGet() > MOST_PAIRS) {
      return REST;
    }
    named.put(pair, pair);
    return pair;
  }

  private Counts made(Key key) {
    String[] tags = {"type", key.pair.type, "queue", key.pair.queue, "outcome", key.outcome};
    return new Counts(
        registry.counter(
            "scheduler_attempts",
            "Attempts that ended, by type and queue; `other` is all pairs but the first "
                + MOST_PAIRS,
            tags),
        registry.counter(
            "scheduler_attempts_run_milliseconds", "Run time of these attempts together", tags));
  }
}
