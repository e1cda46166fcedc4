package dev.taskscheduler.leader;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.lease.Acquisition;
import dev.taskscheduler.lease.Lease;
import dev.taskscheduler.lease.LeaseRequest;
import dev.taskscheduler.lease.LeaseState;
import dev.taskscheduler.lease.redis.RedisLease;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.OnRedis;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/// Two candidates for the lease: [LeaseObserver], [Trust] and the real scripts together, with a
/// clock that the test moves. It checks that no two ever trust themselves at one instant.
abstract class TwoCandidates extends OnRedis {
  static final Namespace NS = new Namespace("gate");
  static final String KEY = "{gate}:leader";
  static final Duration TRUST = Duration.ofSeconds(3);
  static final long TRUST_MS = TRUST.toMillis();
  static final long MARGIN_MS = 300;

  RedisLease lease;
  long nowMs = 1_000_000;
  Node a;
  Node b;

  @BeforeEach
  void connect() {
    lease = new RedisLease(redis, NS);
    a = new Node("a");
    b = new Node("b");
  }

  /// Time goes on, for all at the same rate. An epoch is at least Redis's time; what the moved
  /// clock calls a trust may be no millisecond there.
  static void redisTimePasses(FencingToken token) {
    Eventually.await("Redis's clock goes on", () -> System.currentTimeMillis() > token.epoch());
  }

  void passes(long ms) {
    for (long end = nowMs + ms; nowMs < end; nowMs++) {
      assertFalse(a.trusts() && b.trusts(), "two trust themselves");
    }
    assertFalse(a.trusts() && b.trusts(), "two trust themselves");
  }

  /// One request by the rules, its calls in the hands of the test.
  final class Node {
    final String name;
    final LeaseObserver watch = new LeaseObserver(TRUST);
    String nonce = LeaseRequest.newNonce();
    long wallStepMs;
    @Nullable Trust trust;
    @Nullable FencingToken token;

    Node(String name) {
      this.name = name;
    }

    long nanos() {
      return nowMs * 1_000_000;
    }

    long wall() {
      return nowMs + wallStepMs;
    }

    boolean trusts() {
      return trust != null && trust.leftNanos(nanos(), wall()) > 0;
    }

    void looks() {
      watch.saw(lease.observe(), nanos());
    }

    LeaseState mayShow() {
      return watch.passes(nanos()).orElseThrow();
    }

    boolean mayStand() {
      return watch.passes(nanos()).isPresent();
    }

    Acquisition asks(LeaseState watched) {
      return lease.acquire(new LeaseRequest(name, "redis", nonce, TRUST), watched);
    }

    /// A whole stand; the call takes no time.
    boolean stands() {
      Optional<LeaseState> watched = watch.passes(nanos());
      return watched.isPresent() && answered(asks(watched.get()), nowMs, wall());
    }

    boolean answered(Acquisition answer, long startMs, long startWallMs) {
      return switch (answer) {
        case Acquisition.Granted granted -> {
          token = granted.token();
          trust = new Trust(TRUST, startMs * 1_000_000, startWallMs);
          watch.admitted();
          nonce = LeaseRequest.newNonce();
          yield true;
        }
        case Acquisition.Refused(LeaseState now) -> {
          watch.saw(now, nanos());
          nonce = LeaseRequest.newNonce();
          yield false;
        }
      };
    }

    Lease.Renewal renews() {
      long startMs = nowMs;
      return renewAnswered(lease.renew(heldToken()), startMs);
    }

    Lease.Renewal renewAnswered(Lease.Renewal answer, long startMs) {
      Trust held = heldTrust();
      if (answer == Lease.Renewal.RENEWED) {
        held.extend(startMs * 1_000_000, startMs + wallStepMs, nanos(), wall());
      } else {
        held.end();
      }
      return answer;
    }

    FencingToken heldToken() {
      return Optional.ofNullable(token).orElseThrow();
    }

    Trust heldTrust() {
      return Optional.ofNullable(trust).orElseThrow();
    }
  }

  void aLeadsAndBWatches() {
    a.looks();
    assertTrue(a.stands());
    b.looks();
  }
}
