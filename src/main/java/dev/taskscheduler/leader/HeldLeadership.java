package dev.taskscheduler.leader;

import dev.taskscheduler.lease.Acquisition;
import dev.taskscheduler.spi.FencingToken;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// A leadership that this node holds, and the state of its lease.
final class HeldLeadership implements Leadership {
  private final Acquisition.Granted grant;
  private final String elector;
  private final Trust trust;
  private final LeadershipListener listener;
  private final Consumer<Event> post;
  private final AtomicBoolean fenced = new AtomicBoolean();
  private final long begunNanos = System.nanoTime();
  private volatile boolean revoked;

  HeldLeadership(
      Event.Admitted admitted, String elector, LeadershipListener listener, Consumer<Event> post) {
    this.grant = admitted.grant();
    this.trust = admitted.trust();
    this.elector = elector;
    this.listener = listener;
    this.post = post;
  }

  @Override
  public FencingToken token() {
    return grant.token();
  }

  @Override
  public String elector() {
    return elector;
  }

  @Override
  public Instant since() {
    return grant.since();
  }

  @Override
  public Duration trustLeft() {
    return Duration.ofNanos(leftNanos());
  }

  @Override
  public boolean trusted() {
    return leftNanos() > 0;
  }

  private long leftNanos() {
    return revoked ? 0 : trust.leftNanos(System.nanoTime(), System.currentTimeMillis());
  }

  @Override
  public void fenced() {
    listener.fencedWrite();
    revoked = true;
    if (fenced.compareAndSet(false, true)) {
      post.accept(new Event.Lost(this, "fenced"));
    }
  }

  /// For how long it has lasted by now.
  Duration sinceBegun() {
    return Duration.ofNanos(System.nanoTime() - begunNanos);
  }

  /// What the renewals prolong.
  Trust trust() {
    return trust;
  }

  /// From now on nothing may be done in its name, whether or not its renewals still keep others
  /// away.
  void revoke() {
    revoked = true;
  }
}
