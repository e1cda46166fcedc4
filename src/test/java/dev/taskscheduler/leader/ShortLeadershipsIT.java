package dev.taskscheduler.leader;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.leader.redis.RedisElection;
import dev.taskscheduler.lease.redis.RedisLease;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Leaderships whose work ends at once, as where what ends it stands in Redis.
class ShortLeadershipsIT {
  private static final Duration WATCHED = Duration.ofSeconds(2);

  private static final class FailingWork implements LeaderWork {
    final AtomicInteger begun = new AtomicInteger();

    @Override
    public void begin(Leadership leadership) {
      begun.incrementAndGet();
      leadership.fenced();
    }

    @Override
    public void end(boolean planned, Duration drain, Runnable ended) {
      ended.run();
    }
  }

  private static final class SilentListener implements LeadershipListener {
    @Override
    public void transition(boolean leading) {}

    @Override
    public void fencedWrite() {}
  }

  @Test
  void they_follow_each_other_in_growing_pauses() {
    Namespace namespace = new Namespace("test");
    FailingWork work = new FailingWork();
    try (RedisServer server = new RedisServer();
        Redis redis = server.redis(4);
        LeadershipManager manager =
            new LeadershipManager(
                new LeaderConfig("a", Duration.ofSeconds(1), Duration.ofSeconds(1), true),
                new RedisLease(redis, namespace),
                new RedisElection(redis, namespace),
                work,
                new SilentListener())) {
      manager.start();
      Eventually.await("the second begins at once", () -> work.begun.get() >= 2);
      long begun = System.nanoTime();
      Eventually.await("time passes", () -> System.nanoTime() - begun > WATCHED.toNanos());
      int count = work.begun.get();
      assertTrue(count >= 4 && count <= 10, "leaderships: " + count);
    }
  }
}
