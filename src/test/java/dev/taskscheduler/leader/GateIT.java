package dev.taskscheduler.leader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.lease.Acquisition;
import dev.taskscheduler.lease.Lease;
import dev.taskscheduler.lease.LeaseRequest;
import dev.taskscheduler.lease.LeaseState;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The rules of who may lead: each trap that a model of the gate knows. [LostLeaseIT] has those of
/// a Redis that lost something.
class GateIT extends TwoCandidates {
  @Test
  void a_follower_waits_for_the_holders_whole_trust_and_not_a_moment_less() {
    aLeadsAndBWatches();
    passes(TRUST_MS - 1);
    assertFalse(b.mayStand());
    passes(1);
    assertFalse(a.trusts());
    assertTrue(b.stands());
    passes(TRUST_MS);
  }

  @Test
  void a_renewal_between_the_end_of_the_wait_and_the_acquisition_keeps_the_holder() {
    aLeadsAndBWatches();
    passes(TRUST_MS - MARGIN_MS - 1);
    long startMs =
        nowMs; // sent while trusted, and on its way until the wait of the other has ended
    passes(MARGIN_MS + 1);
    LeaseState watched = b.mayShow();
    Lease.Renewal late = lease.renew(a.heldToken());
    assertFalse(b.answered(b.asks(watched), nowMs, b.wall()));
    a.renewAnswered(late, startMs);
    assertFalse(a.trusts()); // and yet the renewal was too late for its own sender
    passes(TRUST_MS - 1);
    assertFalse(b.mayStand());
    passes(1);
    assertTrue(b.stands());
    passes(TRUST_MS);
  }

  @Test
  void a_state_read_after_the_wait_is_not_the_watched_one() {
    aLeadsAndBWatches();
    passes(TRUST_MS - MARGIN_MS - 1);
    a.renews();
    passes(MARGIN_MS + 1);
    b.looks();
    assertFalse(b.mayStand());
    assertTrue(a.trusts());
  }

  @Test
  void an_acquisition_that_was_long_on_its_way_is_trusted_from_its_start() {
    a.looks();
    LeaseState watched = a.mayShow();
    long startMs = nowMs;
    Acquisition answer = a.asks(watched);
    b.looks();
    passes(TRUST_MS - MARGIN_MS - 10);
    a.answered(answer, startMs, startMs);
    assertTrue(a.trusts());
    passes(10);
    assertFalse(a.trusts());
    passes(MARGIN_MS);
    assertTrue(b.stands());
    passes(TRUST_MS);
  }

  @Test
  void a_renewal_that_hangs_beyond_trust_revives_nothing() {
    aLeadsAndBWatches();
    passes(1000);
    long startMs = nowMs;
    Lease.Renewal answer = lease.renew(a.heldToken());
    b.looks();
    passes(TRUST_MS - 1000);
    assertFalse(a.trusts());
    a.renewAnswered(answer, startMs);
    assertFalse(a.trusts());
    passes(1000);
    assertTrue(b.stands());
    passes(TRUST_MS);
  }

  @Test
  void an_acquisition_asked_again_after_a_lost_answer_keeps_out_who_watched_before() {
    a.looks();
    LeaseState watched = a.mayShow();
    a.asks(watched); // granted, and the answer lost
    b.looks();
    passes(TRUST_MS);
    LeaseState shown = b.mayShow();
    assertTrue(a.answered(a.asks(watched), nowMs, a.wall()));
    assertFalse(b.answered(b.asks(shown), nowMs, b.wall()));
    passes(TRUST_MS);
  }

  @Test
  void a_lost_answer_of_an_acquisition_that_was_succeeded_leads_to_nothing() {
    a.looks();
    LeaseState watched = a.mayShow();
    a.asks(watched);
    b.looks();
    passes(TRUST_MS);
    assertTrue(b.stands());
    assertFalse(a.answered(a.asks(watched), nowMs, a.wall()));
    passes(TRUST_MS);
  }

  @Test
  void a_pause_between_the_check_and_the_write_is_caught_by_the_token() {
    aLeadsAndBWatches();
    assertTrue(a.trusts()); // checked, then stopped for a while
    passes(TRUST_MS);
    assertTrue(b.stands());
    Map<String, String> before = server.snapshot();
    assertEquals(Lease.Renewal.FENCED, a.renews());
    assertFalse(lease.release(a.heldToken()));
    assertEquals(before, server.snapshot());
  }

  @Test
  void a_release_lets_the_next_pass_at_once_and_ends_the_releaser() {
    aLeadsAndBWatches();
    passes(10);
    a.heldTrust().end();
    assertTrue(lease.release(a.heldToken()));
    b.looks();
    assertTrue(b.stands());
    assertEquals(Lease.Renewal.FENCED, lease.renew(a.heldToken()));
    passes(TRUST_MS);
  }

  @Test
  void a_wall_clock_that_steps_forward_ends_trust_early_and_back_prolongs_nothing() {
    aLeadsAndBWatches();
    a.wallStepMs = -3_600_000;
    passes(TRUST_MS - MARGIN_MS - 1);
    assertTrue(a.trusts());
    passes(1);
    assertFalse(a.trusts());
    passes(MARGIN_MS);
    assertTrue(b.stands());
    b.wallStepMs = 3_600_000;
    assertFalse(b.trusts());
    b.wallStepMs = 0;
    assertFalse(b.trusts());
  }

  @Test
  void a_holder_with_a_longer_trust_is_waited_for_as_long_as_it_needs() {
    LeaseRequest longer = new LeaseRequest("a", "redis", a.nonce, TRUST.multipliedBy(2));
    assertInstanceOf(Acquisition.Granted.class, lease.acquire(longer, new LeaseState.Vacant()));
    b.looks();
    passes(2 * TRUST_MS - 1);
    assertFalse(b.mayStand());
    passes(1);
    assertTrue(b.stands());
  }
}
