package dev.taskscheduler.leader;

import static java.lang.System.Logger.Level.ERROR;

import dev.taskscheduler.lease.Lease;
import dev.taskscheduler.lease.LeaseException;
import dev.taskscheduler.process.VitalThreads;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Tells all watchers, on a thread of its own, that the holder of one leadership lives: from its
/// acquisition until stopped or lost.
final class LeaseRenewer {
  private static final System.Logger LOG = System.getLogger(LeaseRenewer.class.getName());

  /// A renewal that failed is tried again after this part of the pause between renewals.
  private static final int RETRY_DIVISOR = 4;

  private final Lease lease;
  private final HeldLeadership leadership;
  private final long everyNanos;
  private final LeaseHealth health;
  private final Consumer<Event> post;
  private final Supplier<Optional<String>> stalled;
  private final Thread thread;
  private final AtomicBoolean stallLogged = new AtomicBoolean();
  private volatile boolean stopped;

  /// Starts to renew after one pause: the acquisition counted as the first.
  ///
  /// @param stalled what of this node's leadership makes no steps any more; then no renewal is
  ///   sent, so that another node may lead
  LeaseRenewer(
      Lease lease,
      HeldLeadership leadership,
      Duration every,
      LeaseHealth health,
      Consumer<Event> post,
      Supplier<Optional<String>> stalled) {
    this.stalled = stalled;
    this.lease = lease;
    this.leadership = leadership;
    this.everyNanos = every.toNanos();
    this.health = health;
    this.post = post;
    this.thread = VitalThreads.platform("lease-renewer", this::run);
  }

  void start() {
    thread.start();
  }

  /// Sends no renewal from now on; one that is under way may still arrive, and harms nobody: it
  /// counts for its own token alone, and not once that was released.
  void stop() {
    stopped = true;
    LockSupport.unpark(thread);
  }

  private void run() {
    long next = System.nanoTime() + everyNanos;
    while (!stopped) {
      long now = System.nanoTime();
      if (next - now > 0) {
        LockSupport.parkNanos(this, next - now);
        continue;
      }
      next = now + (renew() ? everyNanos : everyNanos / RETRY_DIVISOR);
    }
  }

  /// @return whether it was answered
  @SuppressWarnings(
      "CatchingUnchecked") // a thread that must live: what fails is a renewal not counted
  private boolean renew() {
    Optional<String> still = stalled.get();
    if (still.isPresent()) {
      if (stallLogged.compareAndSet(false, true)) {
        LOG.log(ERROR, () -> "lease is not renewed why=" + still.get());
      }
      return endedTrust();
    }
    long start = System.nanoTime();
    long startWallMs = System.currentTimeMillis();
    try {
      switch (lease.renew(leadership.token())) {
        case RENEWED -> {
          health.answered("renew");
          if (!leadership
              .trust()
              .extend(start, startWallMs, System.nanoTime(), System.currentTimeMillis())) {
            lost("trust ended");
          }
        }
        case FENCED -> lost("fenced");
        case RESTARTED -> lost("redis restarted");
      }
      return true;
    } catch (LeaseException e) {
      health.failed("renew", e);
    } catch (RuntimeException e) {
      health.failed("renew", new LeaseException.Unavailable("renew: " + e, e));
    }
    return endedTrust();
  }

  /// @return false, for no renewal was answered
  private boolean endedTrust() {
    if (leadership.trust().leftNanos(System.nanoTime(), System.currentTimeMillis()) == 0) {
      lost("trust ended");
    }
    return false;
  }

  private void lost(String why) {
    stopped = true;
    leadership.trust().end();
    leadership.revoke();
    post.accept(new Event.Lost(leadership, why));
  }
}
