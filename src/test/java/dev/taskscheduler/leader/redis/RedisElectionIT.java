package dev.taskscheduler.leader.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.leader.LeaderElection;
import dev.taskscheduler.lease.Acquisition;
import dev.taskscheduler.lease.LeaseRequest;
import dev.taskscheduler.lease.LeaseState;
import dev.taskscheduler.lease.redis.RedisLease;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RedisElectionIT {
  @Test
  void every_node_is_nominated_once_and_notified_of_each_release_also_after_redis_was_away()
      throws Exception {
    Namespace ns = new Namespace("test");
    AtomicInteger nominated = new AtomicInteger();
    Semaphore hints = new Semaphore(0);
    try (RedisServer server = new RedisServer();
        Redis redis = server.redis(2);
        RedisElection election = new RedisElection(redis, ns)) {
      election.start(
          new LeaderElection.Nominations() {
            @Override
            public void nominated() {
              nominated.incrementAndGet();
            }

            @Override
            public void withdrawn() {
              throw new AssertionError("this elector nominates for good");
            }

            @Override
            public void hint() {
              hints.release();
            }
          });
      assertTrue(hints.tryAcquire(10, TimeUnit.SECONDS)); // on connecting
      RedisLease lease = new RedisLease(redis, ns);
      Acquisition answer =
          lease.acquire(
              new LeaseRequest(
                  "a", election.name(), LeaseRequest.newNonce(), Duration.ofSeconds(3)),
              new LeaseState.Vacant());
      lease.release(assertInstanceOf(Acquisition.Granted.class, answer).token());
      assertTrue(hints.tryAcquire(10, TimeUnit.SECONDS));
      server.restart();
      assertTrue(hints.tryAcquire(10, TimeUnit.SECONDS)); // one may have been missed
      assertEquals(1, nominated.get());
    }
  }
}
