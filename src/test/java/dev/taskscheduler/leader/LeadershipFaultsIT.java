package dev.taskscheduler.leader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.lease.Acquisition;
import dev.taskscheduler.lease.Lease;
import dev.taskscheduler.lease.LeaseException;
import dev.taskscheduler.lease.LeaseRequest;
import dev.taskscheduler.lease.LeaseState;
import dev.taskscheduler.lease.redis.RedisLease;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// One manager whose elector and whose connection to a real Redis are in the hands of the test.
class LeadershipFaultsIT {
  private static final Duration TRUST = Duration.ofSeconds(1);
  private static final Duration LIMIT = Duration.ofSeconds(15);

  private final RedisServer server = new RedisServer();
  private final Redis redis = server.redis(4);
  private final RedisLease lease = new RedisLease(redis, new Namespace("test"));
  private final FaultyLease faulty = new FaultyLease();
  private final HandElection election = new HandElection();
  private final RecordedWork work = new RecordedWork();
  private final AtomicInteger leading = new AtomicInteger();
  private @Nullable LeadershipManager manager;

  /// Nominates when the test says so.
  private static final class HandElection implements LeaderElection {
    final Semaphore transferred = new Semaphore(0);
    volatile Runnable whenClosed = () -> {};
    final CountDownLatch started = new CountDownLatch(1);
    volatile @Nullable Nominations nominations;

    @Override
    public String name() {
      return "raft";
    }

    @Override
    public void start(Nominations toTell) {
      nominations = toTell;
      started.countDown();
    }

    Nominations tell() {
      return Optional.ofNullable(nominations).orElseThrow();
    }

    @Override
    public void transfer() {
      transferred.release();
    }

    @Override
    public void close() {
      whenClosed.run();
    }
  }

  /// The real lease behind a line that loses answers.
  private final class FaultyLease implements Lease {
    final AtomicInteger takeOverAnswersToLose = new AtomicInteger();
    final AtomicInteger releasesToFail = new AtomicInteger();
    final AtomicInteger takeOvers = new AtomicInteger();
    volatile CountDownLatch releasesGoOn = new CountDownLatch(0);
    final List<String> nonces = new CopyOnWriteArrayList<>();
    volatile boolean beatsFail;
    volatile boolean looksHang;
    final CountDownLatch looksGoOn = new CountDownLatch(1);

    private LeaseException lost() {
      return new LeaseException.Unavailable("lost", new IllegalStateException("by the test"));
    }

    @Override
    public LeaseState observe() {
      if (looksHang) {
        awaitGoOn(looksGoOn);
      }
      return lease.observe();
    }

    private static void awaitGoOn(CountDownLatch goOn) {
      try {
        goOn.await();
      } catch (InterruptedException e) {
        throw new AssertionError("nobody interrupts a call to the lease", e);
      }
    }

    @Override
    public Acquisition acquire(LeaseRequest request, LeaseState watched) {
      nonces.add(request.nonce());
      takeOvers.incrementAndGet();
      Acquisition answer = lease.acquire(request, watched);
      if (takeOverAnswersToLose.getAndDecrement() > 0) {
        throw lost();
      }
      return answer;
    }

    @Override
    public Renewal renew(FencingToken token) {
      if (beatsFail) {
        throw lost();
      }
      return lease.renew(token);
    }

    @Override
    public boolean release(FencingToken token, Reason why) {
      awaitGoOn(releasesGoOn);
      if (releasesToFail.getAndDecrement() > 0) {
        throw lost();
      }
      return lease.release(token, why);
    }
  }

  private LeadershipManager start(Duration drain, LeaderWork driven) throws InterruptedException {
    LeadershipListener listener =
        new LeadershipListener() {
          @Override
          public void transition(boolean leads) {
            leading.addAndGet(leads ? 1 : -1);
          }

          @Override
          public void fencedWrite() {}
        };
    LeadershipManager started =
        new LeadershipManager(
            new LeaderConfig("a", TRUST, drain, true), faulty, election, driven, listener);
    manager = started;
    started.start();
    assertTrue(election.started.await(LIMIT.toMillis(), TimeUnit.MILLISECONDS));
    return started;
  }

  private LeadershipManager leads() throws InterruptedException {
    LeadershipManager started = start(Duration.ofSeconds(5), work);
    election.tell().nominated();
    assertTrue(work.awaitBegin(LIMIT));
    return started;
  }

  @AfterEach
  void stop() {
    work.endsAtOnce.set(true);
    Optional.ofNullable(manager).ifPresent(LeadershipManager::close);
    work.intervals.forEach(i -> i.stopped = true);
    redis.close();
    server.close();
    assertEquals(0, leading.get());
  }

  private void isReleased() {
    assertTrue(assertInstanceOf(LeaseState.Held.class, lease.observe()).released());
  }

  private void awaitReleased() {
    Eventually.await(
        "the lease is released",
        LIMIT,
        () -> lease.observe() instanceof LeaseState.Held held && held.released());
  }

  @Test
  void who_is_not_nominated_does_not_stand() throws Exception {
    start(Duration.ZERO, work);
    assertFalse(work.awaitBegin(TRUST));
    assertEquals(List.of(), faulty.nonces);
    election.tell().nominated();
    assertTrue(work.awaitBegin(LIMIT));
  }

  @Test
  void an_acquisition_whose_answer_was_lost_is_asked_again_with_the_same_nonce() throws Exception {
    faulty.takeOverAnswersToLose.set(2);
    leads();
    assertEquals(3, faulty.nonces.size());
    assertEquals(1, faulty.nonces.stream().distinct().count());
    FencingToken token = work.last().leadership.token();
    assertEquals(token, assertInstanceOf(LeaseState.Held.class, lease.observe()).token());
    work.last().leadership.fenced();
    assertTrue(work.awaitBegin(LIMIT));
    assertNotEquals(token.nonce(), work.last().leadership.token().nonce());
  }

  @Test
  void an_acquisition_whose_answer_was_lost_for_good_is_released_at_close() throws Exception {
    faulty.takeOverAnswersToLose.set(Integer.MAX_VALUE);
    LeadershipManager lost = start(Duration.ZERO, work);
    election.tell().nominated();
    while (!(lease.observe() instanceof LeaseState.Held)) {
      Thread.onSpinWait(); // the look itself takes its time
    }
    assertFalse(work.awaitBegin(TRUST));
    assertEquals(Optional.of("lost"), lost.problem());
    lost.close();
    isReleased();
  }

  @Test
  void a_withdrawn_nomination_is_a_planned_end_under_a_token_that_holds() throws Exception {
    LeadershipManager led = leads();
    Leadership leadership = work.last().leadership;
    work.endsAtOnce.set(false);
    election.tell().withdrawn();
    assertTrue(work.awaitEnd(LIMIT));
    assertEquals(List.of(true), work.endsPlanned);
    LockSupport.parkNanos(TRUST.multipliedBy(2).toNanos());
    assertTrue(leadership.trusted()); // it is renewed, so that what runs can be put back
    work.finish();
    awaitReleased();
    assertTrue(led.leadership().isEmpty());
    assertFalse(leadership.trusted());
    election.tell().nominated();
    assertTrue(work.awaitBegin(LIMIT)); // at once, without a wait for anybody's trust
  }

  @Test
  void trust_that_ends_during_the_drain_cuts_it_short_and_hands_over() throws Exception {
    LeadershipManager led = leads();
    work.endsAtOnce.set(false);
    assertTrue(led.resign());
    assertTrue(work.awaitEnd(LIMIT));
    faulty.beatsFail = true;
    assertTrue(work.awaitEnd(LIMIT));
    assertEquals(List.of(true, false), work.endsPlanned);
    work.finish();
    assertTrue(election.transferred.tryAcquire(LIMIT.toMillis(), TimeUnit.MILLISECONDS));
    awaitReleased();
  }

  @Test
  void a_leader_whose_work_makes_no_steps_renews_no_more_and_loses_its_lease() throws Exception {
    LeadershipManager led = leads();
    work.sinceStep = Duration.ofMinutes(1);
    assertTrue(work.awaitEnd(LIMIT), "its renewals have stopped, and so its trust has ended");
    assertEquals(List.of(false), work.endsPlanned);
    Eventually.await("it leads no more", LIMIT, () -> led.leadership().isEmpty());
  }

  @Test
  void a_leader_whose_renewals_fail_transfers_its_nomination() throws Exception {
    leads();
    faulty.beatsFail = true;
    assertTrue(work.awaitEnd(LIMIT));
    assertTrue(election.transferred.tryAcquire(LIMIT.toMillis(), TimeUnit.MILLISECONDS));
  }

  @Test
  void a_nomination_is_handed_over_while_the_release_is_still_under_way() throws Exception {
    LeadershipManager led = leads();
    Leadership leadership = work.last().leadership;
    faulty.releasesGoOn = new CountDownLatch(1);
    assertTrue(led.resign());
    assertTrue(election.transferred.tryAcquire(LIMIT.toMillis(), TimeUnit.MILLISECONDS));
    assertFalse(leadership.trusted());
    assertFalse(assertInstanceOf(LeaseState.Held.class, lease.observe()).released());
    faulty.releasesGoOn.countDown();
    led.close();
    isReleased();
  }

  @Test
  void a_leader_that_stops_takes_part_in_the_election_until_the_next_one_could_begin()
      throws Exception {
    LeadershipManager led = leads();
    AtomicBoolean next = new AtomicBoolean();
    Thread follower =
        Thread.ofPlatform()
            .start(() -> {
              awaitReleased();
              next.set(true);
            });
    AtomicBoolean before = new AtomicBoolean();
    election.whenClosed = () -> before.set(next.get());
    led.close();
    assertTrue(before.get(), "closed before anybody could see the release");
    follower.join();
  }

  @Test
  void a_release_that_is_announced_and_not_true_lets_nobody_pass() throws Exception {
    Acquisition.Granted other =
        assertInstanceOf(
            Acquisition.Granted.class,
            lease.acquire(
                new LeaseRequest("other", "raft", LeaseRequest.newNonce(), LIMIT),
                new LeaseState.Vacant()));
    LeadershipManager follower = start(Duration.ZERO, work);
    election.tell().nominated();
    Eventually.await("it sees who leads", LIMIT, () -> follower.leader().isPresent());
    for (int i = 1; i <= 3; i++) {
      int before = faulty.takeOvers.get();
      Eventually.await(
          "it stands",
          LIMIT,
          () -> {
            election.tell().hint();
            return faulty.takeOvers.get() > before;
          });
    }
    assertFalse(work.awaitBegin(TRUST));
    assertTrue(lease.release(other.token()));
    election.tell().hint();
    assertTrue(work.awaitBegin(LIMIT));
  }

  @Test
  void a_release_that_fails_is_asked_again() throws Exception {
    LeadershipManager led = leads();
    faulty.releasesToFail.set(3);
    led.close();
    isReleased();
  }

  @Test
  void looks_that_hang_hold_up_no_renewal_and_no_trust() throws Exception {
    LeadershipManager led = start(Duration.ZERO, work);
    election.tell().nominated();
    assertTrue(work.awaitBegin(LIMIT));
    faulty.looksHang = true;
    election.tell().hint();
    Leadership leadership = work.last().leadership;
    assertFalse(work.awaitEnd(TRUST.multipliedBy(3)));
    assertTrue(leadership.trusted());
    faulty.looksGoOn.countDown();
    led.close();
    isReleased();
  }

  @Test
  void work_that_cannot_begin_is_ended_and_tried_again() throws Exception {
    AtomicInteger begins = new AtomicInteger();
    start(
        Duration.ZERO,
        new LeaderWork() {
          @Override
          public void begin(Leadership leadership) {
            if (begins.incrementAndGet() == 1) {
              throw new IllegalStateException("by the test");
            }
            work.begin(leadership);
          }

          @Override
          public void end(boolean planned, Duration drain, Runnable ended) {
            if (begins.get() == 1) {
              ended.run();
            } else {
              work.end(planned, drain, ended);
            }
          }
        });
    election.tell().nominated();
    assertTrue(work.awaitBegin(LIMIT));
    assertEquals(2, begins.get());
  }

  @Test
  void work_that_never_tells_its_end_is_not_waited_for_without_limit() throws Exception {
    LeadershipManager led = start(Duration.ZERO, work);
    election.tell().nominated();
    assertTrue(work.awaitBegin(LIMIT));
    work.endsAtOnce.set(false);
    assertTrue(led.resign());
    assertTrue(work.awaitEnd(LIMIT));
    assertTrue(election.transferred.tryAcquire(LIMIT.toMillis(), TimeUnit.MILLISECONDS));
    awaitReleased();
  }
}
