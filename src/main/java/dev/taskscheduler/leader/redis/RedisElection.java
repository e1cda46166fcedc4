package dev.taskscheduler.leader.redis;

import dev.taskscheduler.leader.LeaderElection;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.Subscription;
import org.jspecify.annotations.Nullable;

/// Nominates every node for good and leaves the rest to the lease; a release that is announced in
/// Redis is passed on as a hint.
public final class RedisElection implements LeaderElection {
  private final Redis redis;
  private final String channel;
  private volatile @Nullable Subscription subscription;

  public RedisElection(Redis redis, Namespace ns) {
    this.redis = redis;
    this.channel = ns.text("released"); // the release of the lease is published there
  }

  @Override
  public String name() {
    return "redis";
  }

  @Override
  public void start(Nominations nominations) {
    nominations.nominated();
    subscription = redis.subscribe(channel, nominations::hint);
  }

  /// Does nothing: the release has notified all others already.
  @Override
  public void transfer() {}

  @Override
  public void close() {
    Subscription open = subscription;
    if (open != null) {
      open.close();
    }
  }
}
