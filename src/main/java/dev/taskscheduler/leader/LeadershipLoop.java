package dev.taskscheduler.leader;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import dev.taskscheduler.lease.Lease;
import dev.taskscheduler.lease.LeaseState;
import dev.taskscheduler.logging.LogFields;
import dev.taskscheduler.spi.FencingToken;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The one thread that owns this node's leadership: it alone begins and ends the work, and no state
/// of it blocks (draining is a state with a deadline).
///
/// The rules of who may lead are in [LeaseObserver], [Trust] and the gate; here they are only
/// driven.
final class LeadershipLoop extends EventLoop {
  private static final System.Logger LOG = System.getLogger(LeadershipLoop.class.getName());
  private static final int RENEWALS_PER_TRUST = 4;
  private static final int OBSERVATIONS_PER_TRUST =
      16; // a crash is waited for from the last observation's time

  private static final Duration END_GRACE = Duration.ofSeconds(5);
  private static final Duration RELEASE_LIMIT = Duration.ofSeconds(2);
  private static final Duration RELEASE_RETRY = Duration.ofMillis(100);

  private final LeaderConfig config;
  private final Lease lease;
  private final LeaderElection election;
  private final LeaderWork work;
  private final LeadershipListener listener;
  private final LeaseHealth health;
  private final LeaderObserver observer;
  private final LeaseClient calls;
  private final Candidate candidate;
  private final long pace;
  private final long observePace;
  private final ProgressMonitor steps;
  private LeadershipState state = new LeadershipState.Following();
  private boolean closing;
  private boolean callOut;
  private boolean observeNow = true;
  private long nextObservation;
  private final TransferBackoff transferBackoff;

  /// Our own last token, which may still stand although its work has ended.
  private @Nullable FencingToken leftover;

  LeadershipLoop(
      LeaderConfig config,
      Lease lease,
      LeaderElection election,
      LeaderWork work,
      LeadershipListener listener) {
    this.config = config;
    this.lease = lease;
    this.election = election;
    this.work = work;
    this.listener = listener;
    this.health = new LeaseHealth();
    this.observer = new LeaderObserver(config.node(), config.trust());
    this.calls = new LeaseClient(lease, work, health, this::post);
    this.steps = new ProgressMonitor(config.trust(), work);
    this.pace = config.trust().toNanos() / RENEWALS_PER_TRUST;
    this.observePace = config.trust().toNanos() / OBSERVATIONS_PER_TRUST;
    long now = System.nanoTime();
    this.candidate = new Candidate(config, election.name(), now);
    this.nextObservation = now;
    this.transferBackoff = new TransferBackoff(config.trust(), now);
  }

  LeaderObserver observer() {
    return observer;
  }

  LeaseHealth health() {
    return health;
  }

  @Override
  boolean ended() {
    return state instanceof LeadershipState.Closed;
  }

  /// When the next thing is to be done without any event; within a pace, so that a step of the wall
  /// clock is noticed.
  @Override
  long due(long now) {
    long wait =
        switch (state) {
          case LeadershipState.Following() -> {
            long untilAcquire = candidate.wants() && !callOut ? candidate.waitNanos(now) : pace;
            yield Math.min(callOut ? pace : nextObservation - now, untilAcquire);
          }
          case LeadershipState.Leading(HeldLeadership leadership, LeaseRenewer renewer) ->
              leadership.trustLeft().toNanos();
          case LeadershipState.Ending ending -> ending.deadline() - now;
          case LeadershipState.Releasing releasing -> releasing.retryAt() - now;
          case LeadershipState.Closed() -> 0;
        };
    return now + Math.min(pace, wait);
  }

  @Override
  void handle(Event event, long now) {
    switch (event) {
      case Event.Nominated() -> {
        candidate.nominated(true);
        transferBackoff.nominated(now);
        observeNow = true; // who led before has released, as a rule
        if (!config.eligible()) {
          election.transfer();
        }
      }
      case Event.Withdrawn() -> {
        candidate.nominated(false);
        health.clear("acquire");
        if (state instanceof LeadershipState.Leading leading) {
          // Its token still holds: what runs is put back, not left to be found as lost.
          endPlanned(leading, config.shortDrain(), false);
        }
      }
      case Event.Hint() -> {
        observeNow = true;
        candidate.releaseAnnounced();
      }
      case Event.Observed(LeaseState observed, long answeredAt) -> {
        callOut = false;
        saw(observed, answeredAt);
      }
      case Event.ObserveFailed() -> {
        callOut = false;
        candidate.observationEnded(closing);
      }
      case Event.Admitted admitted -> {
        callOut = false;
        admitted(admitted, now);
      }
      case Event.Refused(LeaseState standing, long answeredAt) -> {
        callOut = false;
        candidate.refused(now);
        saw(standing, answeredAt);
      }
      case Event.AcquireFailed failed -> {
        callOut = false;
        candidate.failed(failed.cause(), now);
        observeNow = true; // our own acquisition may have succeeded
      }
      case Event.Released(FencingToken token) -> released(token, true, now);
      case Event.ReleaseFailed(FencingToken token) -> released(token, false, now);
      case Event.Lost(HeldLeadership leadership, String why) -> lost(leadership, why, now);
      case Event.WorkEnded(HeldLeadership leadership) -> {
        if (state instanceof LeadershipState.Ending ending && ending.leadership() == leadership) {
          release(ending, now);
        }
      }
      case Event.Resign() -> {
        if (state instanceof LeadershipState.Leading leading) {
          endPlanned(leading, config.drain(), true);
        }
      }
      case Event.Close() -> {
        closing = true;
        observeNow = true;
        if (state instanceof LeadershipState.Leading leading) {
          endPlanned(leading, config.drain(), true);
        } else if (state instanceof LeadershipState.Following && candidate.isNominated()) {
          election.transfer();
        }
      }
    }
  }

  @Override
  void step(long now) {
    steps.made();
    switch (state) {
      case LeadershipState.Following() -> follow(now);
      case LeadershipState.Leading leading -> {
        if (!leading.leadership().trusted()) {
          lost(leading.leadership(), "trust ended", now);
        }
      }
      case LeadershipState.Ending ending -> {
        if (ending.planned() && !ending.leadership().trusted()) {
          lost(ending.leadership(), "trust ended", now);
        } else if (now - ending.deadline() >= 0) {
          LOG.log(
              ERROR,
              () ->
                  "work did not end in time, goes on without it token="
                      + ending.leadership().token());
          release(ending, now);
        }
      }
      case LeadershipState.Releasing releasing -> {
        if (now - releasing.deadline() >= 0) {
          leftover = releasing.token();
          follow(releasing, now);
        } else if (now - releasing.retryAt() >= 0) {
          release(releasing.token(), releasing.resigned(), releasing.deadline());
        }
      }
      case LeadershipState.Closed() -> {}
    }
  }

  private void follow(long now) {
    if (callOut) {
      return;
    }
    if (closing && !candidate.isOpen()) {
      state = new LeadershipState.Closed();
      calls.close();
      return;
    }
    Optional<LeaseState> passes = candidate.passes(now);
    if (passes.isPresent() && !closing) {
      callOut = true;
      calls.acquire(candidate.request(), passes.get());
    } else if (observeNow || now - nextObservation >= 0) {
      callOut = true;
      observeNow = false;
      nextObservation = now + observePace;
      calls.observe();
    }
    if (candidate.isNominated() && health.isAway() && transferBackoff.ended(now)) {
      transferBackoff.transferred(now);
      election.transfer(); // who cannot reach Redis must not keep from standing who can
    }
  }

  private void saw(LeaseState observed, long answeredAt) {
    candidate.saw(observed, answeredAt);
    observer
        .foreignLeader()
        .saw(election.nominatesOne() && candidate.isNominated(), observed, answeredAt);
    boolean ownGrant =
        observed instanceof LeaseState.Held granted && candidate.isOwnOpenGrant(granted);
    if (!ownGrant && observer.saw(observed, answeredAt)) {
      health.anotherLeads();
    }
    health.clear("renew");
    if (!health.isAway()) {
      transferBackoff.answered(answeredAt);
    }
    if (observed instanceof LeaseState.Held held
        && !held.released()
        && (held.token().equals(leftover) || (closing && ownGrant))) {
      leftover = null;
      callOut = true;
      calls.release(held.token(), reason(false)); // the work of it has ended, or never began
    } else {
      health.clear("release"); // nothing is left over: that it failed is no problem now
    }
    candidate.observationEnded(closing);
  }

  private void admitted(Event.Admitted admitted, long now) {
    candidate.admitted();
    health.clear("observe");
    health.clear("release"); // of an earlier leadership, whose lease is gone
    HeldLeadership leadership = new HeldLeadership(admitted, election.name(), listener, this::post);
    if (closing || !candidate.wants() || !leadership.trusted()) {
      release(leadership.token(), false, now + RELEASE_LIMIT.toNanos());
      return;
    }
    LeaseRenewer renewer =
        new LeaseRenewer(
            lease, leadership, Duration.ofNanos(pace), health, this::post, steps::missing);
    state = new LeadershipState.Leading(leadership, renewer);
    observer.leads(leadership);
    try {
      work.begin(leadership); // first, for tasks wait
    } catch (RuntimeException e) {
      LOG.log(ERROR, "work did not begin token=" + leadership.token(), e);
      candidate.holdBack(now);
      post(new Event.Lost(leadership, "work did not begin"));
    }
    renewer.start();
    listener.transition(true);
    LOG.log(
        INFO,
        "leadership begins epoch=%s elector=%s"
            .formatted(leadership.token().epoch(), leadership.elector()),
        fields(leadership));
  }

  private static LogFields fields(HeldLeadership leadership) {
    return LogFields.NONE.epoch(leadership.token().epoch());
  }

  private void lost(HeldLeadership leadership, String why, long now) {
    if (state instanceof LeadershipState.Leading leading && leading.leadership() == leadership) {
      leading.renewer().stop();
      over(leadership, why);
      candidate.lost(leadership.sinceBegun(), now);
      end(leadership, leading.renewer(), Duration.ZERO, false, false);
      if (health.isAway()) {
        transferBackoff.transferred(now);
        election.transfer();
      }
    } else if (state instanceof LeadershipState.Ending ending
        && ending.leadership() == leadership
        && ending.planned()) {
      ending.renewer().stop();
      over(leadership, why);
      end(leadership, ending.renewer(), Duration.ZERO, false, ending.resigned());
    }
  }

  private void endPlanned(LeadershipState.Leading leading, Duration drain, boolean resigned) {
    HeldLeadership leadership = leading.leadership();
    end(leadership, leading.renewer(), drain, true, resigned);
    // Logged last: others wait for all that comes before.
    LOG.log(INFO, "leadership drains epoch=" + leadership.token().epoch(), fields(leadership));
  }

  private void end(
      HeldLeadership leadership,
      LeaseRenewer renewer,
      Duration drain,
      boolean planned,
      boolean resigned) {
    long deadline = System.nanoTime() + drain.plus(END_GRACE).toNanos();
    state = new LeadershipState.Ending(leadership, renewer, planned, resigned, deadline);
    work.end(planned, drain, () -> post(new Event.WorkEnded(leadership)));
  }

  /// From here on nothing is done in the name of this leadership.
  private void over(HeldLeadership leadership, String why) {
    leadership.revoke();
    if (observer.ended(leadership)) {
      LOG.log(
          INFO,
          "leadership ends epoch=" + leadership.token().epoch() + " why=" + why,
          fields(leadership));
      listener.transition(false);
    }
  }

  private void release(LeadershipState.Ending ending, long now) {
    ending.renewer().stop();
    ending.leadership().revoke();
    release(ending.leadership().token(), ending.resigned(), now + RELEASE_LIMIT.toNanos());
    if (ending.resigned()) {
      election.transfer(); // beside the release, which is over first as a rule
    }
    over(ending.leadership(), ending.resigned() ? "resigned" : "ended");
  }

  private void release(FencingToken token, boolean resigned, long deadline) {
    state = new LeadershipState.Releasing(token, resigned, deadline, deadline);
    observer.endedToken(token);
    calls.release(token, reason(resigned));
  }

  private Lease.Reason reason(boolean resigned) {
    return closing
        ? Lease.Reason.STOPPED
        : resigned ? Lease.Reason.RESIGNED : Lease.Reason.RELEASED;
  }

  private void released(FencingToken token, boolean answered, long now) {
    if (state instanceof LeadershipState.Releasing releasing && releasing.token().equals(token)) {
      if (answered) {
        follow(releasing, now);
      } else if (releasing.resigned()) { // others wait for it
        long retryAt = now + RELEASE_RETRY.toNanos();
        state = new LeadershipState.Releasing(token, true, releasing.deadline(), retryAt);
      } else {
        leftover = token;
        follow(releasing, now);
      }
    } else { // what was left over of an earlier leadership
      callOut = false;
      if (answered) {
        observeNow = true;
      } else {
        leftover = token;
      }
    }
  }

  private void follow(LeadershipState.Releasing released, long now) {
    state = new LeadershipState.Following();
    observeNow = true;
    callOut = false;
    if (released.resigned()) {
      candidate.resigned(released.token(), now);
    }
  }
}
