package dev.taskscheduler.leader;

import dev.taskscheduler.lease.LeaseException;
import dev.taskscheduler.lease.LeaseRequest;
import dev.taskscheduler.lease.LeaseState;
import dev.taskscheduler.spi.FencingToken;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// This node as a candidate for the lease. It holds its nomination, what it has observed, its
/// nonce, the wait after a failure, and the wait after it resigned. One thread.
final class Candidate {
  private static final System.Logger LOG = System.getLogger(Candidate.class.getName());
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE_AWAY = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE_UNFIT = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE_LOST = Duration.ofSeconds(10);
  private static final int LONGEST_DOUBLING = 10;

  /// A leadership that lasted so long says that the next one may too.
  static final Duration STEADY = Duration.ofSeconds(30);

  private final LeaderConfig config;
  private final String elector;
  private final LeaseObserver watch;
  private boolean nominated;
  private @Nullable String openNonce;
  private @Nullable FencingToken resigned;
  private long letOthersUntil;
  private long notBefore;
  private int failures;
  private int shortLeaderships;
  private boolean releaseAnnounced;

  Candidate(LeaderConfig config, String elector, long now) {
    this.config = config;
    this.elector = elector;
    this.watch = new LeaseObserver(config.trust());
    this.notBefore = now;
  }

  void nominated(boolean nominated) {
    this.nominated = nominated;
    releaseAnnounced |= nominated; // who led before has released, as a rule
  }

  boolean isNominated() {
    return nominated;
  }

  /// Whether this node wants to lead, now or once it has held back long enough.
  boolean wants() {
    return nominated && config.eligible();
  }

  /// How long until this node may ask for the lease, if nothing changes; 0 for now.
  long waitNanos(long now) {
    return Math.max(heldBackNanos(now), watch.waitNanos(now));
  }

  /// How long this node does not ask for the lease, whatever it observes.
  long heldBackNanos(long now) {
    long pause = Math.max(0, notBefore - now);
    return resigned == null ? pause : Math.max(pause, letOthersUntil - now);
  }

  /// What this node may show at the gate now; empty while it must not ask for the lease.
  Optional<LeaseState> passes(long now) {
    if (!wants() || heldBackNanos(now) > 0) {
      return Optional.empty();
    }
    if (!(watch.seen() instanceof LeaseState.Held held)) {
      return watch.passes(now);
    }
    if (isOwnOpenGrant(held)) {
      return Optional.of(held); // granted already, only the answer was lost: asked again at once
    }
    Optional<LeaseState> passes = watch.passes(now);
    return passes.isEmpty() && releaseAnnounced
        ? Optional.of(held.afterRelease()) // the gate sees whether it is true
        : passes;
  }

  /// The holder is reported to have released the lease; forgotten with the next answer of the
  /// lease.
  void releaseAnnounced() {
    releaseAnnounced = true;
  }

  /// The request for the lease: with the nonce of the last call if its outcome is unknown, so that
  /// it is granted again if it was granted.
  LeaseRequest request() {
    String nonce = openNonce == null ? LeaseRequest.newNonce() : openNonce;
    openNonce = nonce;
    return new LeaseRequest(config.node(), elector, nonce, config.trust());
  }

  /// Whether `held` is our own acquisition, whose answer was lost.
  boolean isOwnOpenGrant(LeaseState.Held held) {
    return !held.released() && held.token().nonce().equals(openNonce);
  }

  /// Whether a call's outcome is unknown.
  boolean isOpen() {
    return openNonce != null;
  }

  /// The outcome is known, or nobody asks for it any more: the next request takes a new nonce.
  void settled() {
    openNonce = null;
  }

  /// An observation has ended: at close one is enough to settle what became of an acquisition whose
  /// answer was lost.
  void observationEnded(boolean closing) {
    if (closing) {
      settled();
    }
  }

  void admitted() {
    settled();
    releaseAnnounced = false;
    watch.admitted();
    failures = 0;
  }

  void refused(long now) {
    settled();
    failures = 0;
    // Whoever is refused watches anew; this keeps a gate that always refuses from being stormed.
    notBefore = now + FIRST_PAUSE.toNanos() / 4;
  }

  void failed(LeaseException cause, long now) {
    releaseAnnounced = false;
    Duration longest =
        switch (cause) {
          case LeaseException.Unavailable unavailable -> LONGEST_PAUSE_AWAY;
          case LeaseException.Unfit unfit -> {
            settled(); // Redis did nothing
            yield LONGEST_PAUSE_UNFIT;
          }
        };
    pause(longest, now);
  }

  /// The work could not begin.
  void holdBack(long now) {
    pause(LONGEST_PAUSE_UNFIT, now);
  }

  /// A leadership has ended that nobody asked to end. The first time it may stand again at once;
  /// where one after the other ends soon after it began, it waits longer each time: what ends them
  /// may stand in Redis, and would end the next one too.
  ///
  /// @param led for how long
  void lost(Duration led, long now) {
    shortLeaderships =
        led.compareTo(STEADY) < 0 ? Math.min(shortLeaderships + 1, LONGEST_DOUBLING) : 0;
    if (shortLeaderships < 2) {
      return;
    }
    long most = Math.min(LONGEST_PAUSE_LOST.toNanos(), FIRST_PAUSE.toNanos() << shortLeaderships);
    long pause = most / 2 + ThreadLocalRandom.current().nextLong(most / 2);
    notBefore = now + pause;
    LOG.log(
        System.Logger.Level.WARNING,
        () ->
            "leaderships end soon after they begin, holds back inARow=%s pauseMs=%s"
                .formatted(shortLeaderships, pause / 1_000_000));
  }

  private void pause(Duration longest, long now) {
    failures = Math.min(failures + 1, LONGEST_DOUBLING);
    long pause = Math.min(longest.toNanos(), FIRST_PAUSE.toNanos() << failures);
    notBefore = now + pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2);
  }

  /// Others may go first: until one of them has been seen, or two trusts have passed.
  void resigned(FencingToken token, long now) {
    resigned = token;
    letOthersUntil = now + 2 * config.trust().toNanos();
  }

  /// Takes note of what the lease shows.
  ///
  /// @param answeredAt the monotonic clock when the answer was there
  void saw(LeaseState observed, long answeredAt) {
    watch.saw(observed, answeredAt);
    releaseAnnounced = false;
    if (resigned != null
        && (answeredAt - letOthersUntil >= 0
            || (observed instanceof LeaseState.Held held && !held.token().equals(resigned)))) {
      resigned = null;
    }
  }
}
