package dev.taskscheduler.leader;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.taskscheduler.lease.FencingToken;
import dev.taskscheduler.lease.Lease;
import dev.taskscheduler.lease.LeaseState;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The one thread that owns this node's leadership: it alone begins and ends the work, and no state
/// of it blocks (draining is a state with a deadline).
///
/// All that comes from outside comes as an event on its queue. After each event, and when the next
/// thing is due, [#step] does what the state asks for. The rules of who may lead are in
/// [LeaseObserver], [Trust] and the gate; here they are only driven.
final class LeadershipLoop implements Runnable {
  private static final System.Logger LOG = System.getLogger(LeadershipLoop.class.getName());
  private static final int BEATS_PER_TRUST = 4;
  private static final int LOOKS_PER_TRUST = 16; // a crash is waited for from the last look's time

  private static final Duration END_GRACE = Duration.ofSeconds(5);
  private static final Duration RELEASE_LIMIT = Duration.ofSeconds(2);
  private static final Duration RELEASE_RETRY = Duration.ofMillis(100);

  private final LeaderConfig config;
  private final Lease lease;
  private final LeaderElection election;
  private final LeaderWork work;
  private final LeadershipListener listener;
  private final LeaseHealth health;
  private final LeaderObserver view;
  private final LeaseClient calls;
  private final BlockingQueue<Event> queue = new LinkedBlockingQueue<>();
  private final Candidate candidacy;
  private final long pace;
  private final long lookPace;
  private final ProgressMonitor steps;
  private LeadershipState phase = new LeadershipState.Following();
  private boolean closing;
  private boolean callOut;
  private boolean lookNow = true;
  private long nextLook;
  private final TransferBackoff patience;

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
    this.view = new LeaderObserver(config.node(), config.trust());
    this.calls = new LeaseClient(lease, work, health, this::post);
    this.steps = new ProgressMonitor(config.trust(), work);
    this.pace = config.trust().toNanos() / BEATS_PER_TRUST;
    this.lookPace = config.trust().toNanos() / LOOKS_PER_TRUST;
    long now = System.nanoTime();
    this.candidacy = new Candidate(config, election.name(), now);
    this.nextLook = now;
    this.patience = new TransferBackoff(config.trust(), now);
  }

  /// Tells the owner; from any thread.
  void post(Event event) {
    queue.add(event);
  }

  LeaderObserver view() {
    return view;
  }

  LeaseHealth health() {
    return health;
  }

  @Override
  public void run() {
    while (!(phase instanceof LeadershipState.Closed)) {
      steps.made();
      guarded(() -> step(System.nanoTime()));
      Event event = next(System.nanoTime());
      while (event != null) {
        Event happened = event;
        guarded(() -> handle(happened, System.nanoTime()));
        event = queue.poll();
      }
    }
    calls.close();
  }

  @SuppressWarnings("CatchingUnchecked") // this thread must live: without it nobody ends the work
  private static void guarded(Runnable part) {
    try {
      part.run();
    } catch (RuntimeException e) {
      LOG.log(ERROR, "leadership step failed", e);
    }
  }

  private @Nullable Event next(long now) {
    try {
      return queue.poll(Math.max(1_000, due(now) - now), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      // Nobody has a reason to; the work must still be ended in order.
      LOG.log(WARNING, "leadership thread interrupted, goes on");
      return null;
    }
  }

  /// When the next thing is to be done without any event; within a pace, so that a step of the wall
  /// clock is noticed.
  private long due(long now) {
    long wait =
        switch (phase) {
          case LeadershipState.Following() -> {
            long stand = candidacy.wants() && !callOut ? candidacy.waitNanos(now) : pace;
            yield Math.min(callOut ? pace : nextLook - now, stand);
          }
          case LeadershipState.Leading(HeldLeadership term, LeaseRenewer beats) ->
              term.trustLeft().toNanos();
          case LeadershipState.Ending ending -> ending.deadline() - now;
          case LeadershipState.Releasing releasing -> releasing.retryAt() - now;
          case LeadershipState.Closed() -> 0;
        };
    return now + Math.min(pace, wait);
  }

  private void handle(Event event, long now) {
    switch (event) {
      case Event.Nominated() -> {
        candidacy.nominated(true);
        patience.nominated(now);
        lookNow = true; // who led before has released, as a rule
        if (!config.eligible()) {
          election.handOver();
        }
      }
      case Event.Withdrawn() -> {
        candidacy.nominated(false);
        health.clear("acquire");
        if (phase instanceof LeadershipState.Leading leading) {
          // Its token still holds: what runs is put back, not left to be found as lost.
          endPlanned(leading, config.shortDrain(), false);
        }
      }
      case Event.Hint() -> {
        lookNow = true;
        candidacy.releaseTold();
      }
      case Event.Seen(LeaseState sighting, long answeredAt) -> {
        callOut = false;
        saw(sighting, answeredAt);
      }
      case Event.LookFailed() -> {
        callOut = false;
        candidacy.looked(closing);
      }
      case Event.Admitted admitted -> {
        callOut = false;
        admitted(admitted, now);
      }
      case Event.Refused(LeaseState standing, long answeredAt) -> {
        callOut = false;
        candidacy.refused(now);
        saw(standing, answeredAt);
      }
      case Event.StandFailed failed -> {
        callOut = false;
        candidacy.failed(failed.cause(), now);
        lookNow = true; // our own take-over may stand
      }
      case Event.Released(FencingToken token) -> released(token, true, now);
      case Event.ReleaseFailed(FencingToken token) -> released(token, false, now);
      case Event.Lost(HeldLeadership term, String why) -> lost(term, why, now);
      case Event.WorkEnded(HeldLeadership term) -> {
        if (phase instanceof LeadershipState.Ending ending && ending.term() == term) {
          release(ending, now);
        }
      }
      case Event.Resign() -> {
        if (phase instanceof LeadershipState.Leading leading) {
          endPlanned(leading, config.drain(), true);
        }
      }
      case Event.Close() -> {
        closing = true;
        lookNow = true;
        if (phase instanceof LeadershipState.Leading leading) {
          endPlanned(leading, config.drain(), true);
        } else if (phase instanceof LeadershipState.Following && candidacy.isNominated()) {
          election.handOver();
        }
      }
    }
  }

  private void step(long now) {
    switch (phase) {
      case LeadershipState.Following() -> follow(now);
      case LeadershipState.Leading leading -> {
        if (!leading.term().trusted()) {
          lost(leading.term(), "trust ended", now);
        }
      }
      case LeadershipState.Ending ending -> {
        if (ending.planned() && !ending.term().trusted()) {
          lost(ending.term(), "trust ended", now);
        } else if (now - ending.deadline() >= 0) {
          LOG.log(
              ERROR,
              () -> "work did not end in time, goes on without it token=" + ending.term().token());
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
    if (closing && !candidacy.isOpen()) {
      phase = new LeadershipState.Closed();
      return;
    }
    Optional<LeaseState> passes = candidacy.passes(now);
    if (passes.isPresent() && !closing) {
      callOut = true;
      calls.takeOver(candidacy.nominee(), passes.get());
    } else if (lookNow || now - nextLook >= 0) {
      callOut = true;
      lookNow = false;
      nextLook = now + lookPace;
      calls.look();
    }
    if (candidacy.isNominated() && health.isAway() && patience.ended(now)) {
      patience.handedOver(now);
      election.handOver(); // who cannot reach Redis must not keep from standing who can
    }
  }

  private void saw(LeaseState sighting, long answeredAt) {
    candidacy.saw(sighting, answeredAt);
    view.rival().saw(election.nominatesOne() && candidacy.isNominated(), sighting, answeredAt);
    boolean ownGrant =
        sighting instanceof LeaseState.Held granted && candidacy.isOwnOpenGrant(granted);
    if (!ownGrant && view.saw(sighting, answeredAt)) {
      health.anotherLeads();
    }
    health.clear("renew");
    if (!health.isAway()) {
      patience.answered(answeredAt);
    }
    if (sighting instanceof LeaseState.Held held
        && !held.released()
        && (held.token().equals(leftover) || (closing && ownGrant))) {
      leftover = null;
      callOut = true;
      calls.release(held.token()); // the work of it has ended, or never began
    } else {
      health.clear("release"); // nothing is left over: that it failed is no problem now
    }
    candidacy.looked(closing);
  }

  private void admitted(Event.Admitted admitted, long now) {
    candidacy.admitted();
    health.clear("observe");
    health.clear("release"); // of an earlier term, whose lease does not stand any more
    HeldLeadership term = new HeldLeadership(admitted, election.name(), listener, this::post);
    if (closing || !candidacy.wants() || !term.trusted()) {
      release(term.token(), false, now + RELEASE_LIMIT.toNanos());
      return;
    }
    LeaseRenewer beats =
        new LeaseRenewer(lease, term, Duration.ofNanos(pace), health, this::post, steps::missing);
    phase = new LeadershipState.Leading(term, beats);
    view.leads(term);
    try {
      work.begin(term); // first, for tasks wait
    } catch (RuntimeException e) {
      LOG.log(ERROR, "work did not begin token=" + term.token(), e);
      candidacy.holdBack(now);
      post(new Event.Lost(term, "work did not begin"));
    }
    beats.start();
    listener.transition(true);
    LOG.log(
        INFO,
        () -> "leadership begins epoch=" + term.token().epoch() + " elector=" + term.elector());
  }

  private void lost(HeldLeadership term, String why, long now) {
    if (phase instanceof LeadershipState.Leading leading && leading.term() == term) {
      leading.beats().stop();
      over(term, why);
      candidacy.lost(term.sinceBegun(), now);
      end(term, leading.beats(), Duration.ZERO, false, false);
      if (health.isAway()) {
        patience.handedOver(now);
        election.handOver();
      }
    } else if (phase instanceof LeadershipState.Ending ending
        && ending.term() == term
        && ending.planned()) {
      ending.beats().stop();
      over(term, why);
      end(term, ending.beats(), Duration.ZERO, false, ending.resigned());
    }
  }

  private void endPlanned(LeadershipState.Leading leading, Duration drain, boolean resigned) {
    HeldLeadership term = leading.term();
    end(term, leading.beats(), drain, true, resigned);
    // Told last, as all that others would wait for.
    LOG.log(INFO, () -> "leadership drains epoch=" + term.token().epoch());
  }

  private void end(
      HeldLeadership term, LeaseRenewer beats, Duration drain, boolean planned, boolean resigned) {
    long deadline = System.nanoTime() + drain.plus(END_GRACE).toNanos();
    phase = new LeadershipState.Ending(term, beats, planned, resigned, deadline);
    work.end(planned, drain, () -> post(new Event.WorkEnded(term)));
  }

  /// From here on nothing is done in the name of this term.
  private void over(HeldLeadership term, String why) {
    term.revoke();
    if (view.ended(term)) {
      LOG.log(INFO, () -> "leadership ends epoch=" + term.token().epoch() + " why=" + why);
      listener.transition(false);
    }
  }

  private void release(LeadershipState.Ending ending, long now) {
    ending.beats().stop();
    ending.term().revoke();
    release(ending.term().token(), ending.resigned(), now + RELEASE_LIMIT.toNanos());
    if (ending.resigned()) {
      election.handOver(); // beside the release, which is over first as a rule
    }
    over(ending.term(), ending.resigned() ? "resigned" : "ended");
  }

  private void release(FencingToken token, boolean resigned, long deadline) {
    phase = new LeadershipState.Releasing(token, resigned, deadline, deadline);
    view.endedToken(token);
    calls.release(token);
  }

  private void released(FencingToken token, boolean answered, long now) {
    if (phase instanceof LeadershipState.Releasing releasing && releasing.token().equals(token)) {
      if (answered) {
        follow(releasing, now);
      } else if (releasing.resigned()) { // others wait for it
        long retryAt = now + RELEASE_RETRY.toNanos();
        phase = new LeadershipState.Releasing(token, true, releasing.deadline(), retryAt);
      } else {
        leftover = token;
        follow(releasing, now);
      }
    } else { // what was left over of an earlier term
      callOut = false;
      if (answered) {
        lookNow = true;
      } else {
        leftover = token;
      }
    }
  }

  private void follow(LeadershipState.Releasing released, long now) {
    phase = new LeadershipState.Following();
    lookNow = true;
    callOut = false;
    if (released.resigned()) {
      candidacy.resigned(released.token(), now);
    }
  }
}
