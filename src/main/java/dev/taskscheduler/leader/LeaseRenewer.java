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

/// Tells all watchers, on a thread of its own, that the holder of one term lives: from take-over
/// until stopped or lost.
final class LeaseRenewer {
  private static final System.Logger LOG = System.getLogger(LeaseRenewer.class.getName());

  /// A beat that failed is tried again after this part of the pause between beats.
  private static final int RETRY_DIVISOR = 4;

  private final Lease lease;
  private final HeldLeadership term;
  private final long everyNanos;
  private final LeaseHealth health;
  private final Consumer<Event> post;
  private final Supplier<Optional<String>> stalled;
  private final Thread thread;
  private final AtomicBoolean told = new AtomicBoolean();
  private volatile boolean stopped;

  /// Starts to beat after one pause: the take-over counted as the first.
  ///
  /// @param stalled what of this node's leadership makes no steps any more; then no beat is sent,
  ///   so that another node may lead
  LeaseRenewer(
      Lease lease,
      HeldLeadership term,
      Duration every,
      LeaseHealth health,
      Consumer<Event> post,
      Supplier<Optional<String>> stalled) {
    this.stalled = stalled;
    this.lease = lease;
    this.term = term;
    this.everyNanos = every.toNanos();
    this.health = health;
    this.post = post;
    this.thread = VitalThreads.platform("lease-renewer", this::run);
  }

  void start() {
    thread.start();
  }

  /// Sends no beat from now on; one that is under way may still arrive, and harms nobody: it counts
  /// for its own token alone, and not once that was released.
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
      next = now + (beat() ? everyNanos : everyNanos / RETRY_DIVISOR);
    }
  }

  /// @return whether it was answered
  @SuppressWarnings(
      "CatchingUnchecked") // a thread that must live: what fails is a beat not counted
  private boolean beat() {
    Optional<String> still = stalled.get();
    if (still.isPresent()) {
      if (told.compareAndSet(false, true)) {
        LOG.log(ERROR, () -> "no beat is sent why=" + still.get());
      }
      return endedTrust();
    }
    long start = System.nanoTime();
    long startWallMs = System.currentTimeMillis();
    try {
      switch (lease.renew(term.token())) {
        case RENEWED -> {
          health.answered("renew");
          if (!term.trust()
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

  /// @return false, for no beat was answered
  private boolean endedTrust() {
    if (term.trust().leftNanos(System.nanoTime(), System.currentTimeMillis()) == 0) {
      lost("trust ended");
    }
    return false;
  }

  private void lost(String why) {
    stopped = true;
    term.trust().end();
    term.revoke();
    post.accept(new Event.Lost(term, why));
  }
}
