package dev.taskscheduler.node;

import dev.taskscheduler.leader.Leadership;
import dev.taskscheduler.lease.LeaseRequest;
import dev.taskscheduler.redis.StoreFormat;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import redis.clients.jedis.Jedis;

/// A leadership for tests of the work alone: the lease is written by hand, trust lasts until the
/// test ends it.
final class HeldLeadership implements Leadership {
  private static final AtomicInteger EPOCHS = new AtomicInteger(1000);

  final AtomicInteger fencedCalls = new AtomicInteger();
  private final FencingToken token;
  private volatile boolean trusted = true;

  private HeldLeadership(FencingToken token) {
    this.token = token;
  }

  /// Takes the lease of namespace `scheduler`, as a new leader would.
  static HeldLeadership take(RedisServer server) {
    FencingToken token = new FencingToken(EPOCHS.incrementAndGet(), LeaseRequest.newNonce());
    try (Jedis jedis = server.jedis()) {
      jedis.set("{scheduler}:format", String.valueOf(StoreFormat.NUMBER)); // as the lease does
      jedis.hset(
          "{scheduler}:leader",
          Map.of("epoch", Long.toString(token.epoch()), "nonce", token.nonce(), "claimSeq", "0"));
      jedis.hdel("{scheduler}:leader", "waiting");
    }
    return new HeldLeadership(token);
  }

  void lose() {
    trusted = false;
  }

  @Override
  public FencingToken token() {
    return token;
  }

  @Override
  public String elector() {
    return "redis";
  }

  @Override
  public Instant since() {
    return Instant.EPOCH;
  }

  @Override
  public Duration trustLeft() {
    return trusted ? Duration.ofSeconds(1) : Duration.ZERO;
  }

  @Override
  public boolean trusted() {
    return trusted;
  }

  @Override
  public void fenced() {
    fencedCalls.incrementAndGet();
    trusted = false;
  }
}
