package dev.taskscheduler.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.TaskFailure;
import dev.taskscheduler.task.Backoff;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.RetryDefaults;
import dev.taskscheduler.task.RetryPolicy;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetriesTest {
  private static final Backoff USUAL =
      new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10), 2);
  private static final Backoff PATIENT = new Backoff(Duration.ofMinutes(1), Duration.ofHours(1), 3);
  private static final TaskOptions NONE = TaskOptions.NONE;
  private static final TaskOptions SHORT =
      NONE.with(TaskOption.BACKOFF_BASE, Duration.ofMillis(3))
          .with(TaskOption.BACKOFF_CAP, Duration.ofMillis(9))
          .with(TaskOption.BACKOFF_FACTOR, 3.0);
  private static final IllegalStateException FAULT = new IllegalStateException("no");

  private final Retries retries =
      new Retries(
          new RetryDefaults(
              new RetryPolicy(3, USUAL), Map.of("http", new RetryPolicy(7, PATIENT))));

  private static Claim claim(int charged, TaskOptions options) {
    return claim("log", charged, options);
  }

  private static Claim claim(String type, int charged, TaskOptions options) {
    return new Claim(
        "id",
        charged + 5,
        charged,
        Priority.LOW,
        type,
        options,
        new byte[0],
        Instant.EPOCH,
        Instant.EPOCH);
  }

  private static TaskOptions attempts(int most) {
    return NONE.with(TaskOption.MAX_ATTEMPTS, most);
  }

  private boolean triedAgain(int charged, TaskOptions options) {
    return retries.failure(claim(charged, options), FAULT).retryIn().isPresent();
  }

  @Test
  void the_last_attempt_that_may_be_charged_is_final() {
    assertTrue(triedAgain(0, NONE));
    assertTrue(triedAgain(1, NONE));
    assertFalse(triedAgain(2, NONE), "the third of three");
    assertFalse(triedAgain(9, NONE), "more than that: the limit was lowered");
    assertFalse(triedAgain(0, attempts(1)), "the task's own limit");
    assertTrue(triedAgain(8, attempts(10)));
    assertFalse(triedAgain(9, attempts(10)));
  }

  @Test
  void a_type_may_be_retried_more_often_and_after_longer_waits_unless_its_task_says() {
    assertTrue(retries.failure(claim("http", 5, NONE), FAULT).retryIn().isPresent());
    assertFalse(retries.failure(claim("http", 6, NONE), FAULT).retryIn().isPresent());
    assertFalse(retries.failure(claim("http", 1, attempts(2)), FAULT).retryIn().isPresent());
    long most = 0;
    long mostOfTheTasks = 0;
    for (int i = 0; i < 1000; i++) {
      Outcome.Failure usual = retries.failure(claim("http", 0, NONE), FAULT);
      Outcome.Failure asked = retries.failure(claim("http", 0, SHORT), FAULT);
      most = Math.max(most, usual.retryIn().orElseThrow().toMillis());
      mostOfTheTasks = Math.max(mostOfTheTasks, asked.retryIn().orElseThrow().toMillis());
    }
    assertTrue(most > 30_000 && most <= 60_000, "the longest: " + most);
    assertTrue(mostOfTheTasks <= 3, "the task's longest: " + mostOfTheTasks);
  }

  @ParameterizedTest
  @CsvSource({"0,100", "1,200"})
  void waits_are_spread_between_nothing_and_the_backoff(int charged, long mostMs) {
    spread(charged, NONE, mostMs);
  }

  @Test
  void a_tasks_own_backoff_counts() {
    spread(0, SHORT, 3);
    spread(1, SHORT, 9);
    spread(7, SHORT.with(TaskOption.MAX_ATTEMPTS, 100), 9);
  }

  /// What is left out is as configured: 100 ms, 10 s, 2.
  @ParameterizedTest
  @CsvSource({
    "50,,, 1, 100", // base alone
    "50,,3, 2, 450",
    ",150,, 0, 100", // cap alone
    ",150,, 1, 150",
    ",30,, 0, 30", // lowers the base
    "60000,,, 0, 60000", // lifts the cap
    ",,5, 1, 500"
  })
  void what_a_tasks_own_backoff_leaves_out_is_as_configured(
      @Nullable Long base, @Nullable Long cap, @Nullable Double factor, int charged, long mostMs) {
    TaskOptions options = attempts(100);
    if (base != null) {
      options = options.with(TaskOption.BACKOFF_BASE, Duration.ofMillis(base));
    }
    if (cap != null) {
      options = options.with(TaskOption.BACKOFF_CAP, Duration.ofMillis(cap));
    }
    if (factor != null) {
      options = options.with(TaskOption.BACKOFF_FACTOR, factor);
    }
    spread(charged, options, mostMs);
  }

  @Test
  void a_backoff_that_stands_in_redis_beyond_all_bounds_is_brought_within_them() {
    TaskOptions nonsense =
        NONE.with(TaskOption.BACKOFF_BASE, Duration.ofSeconds(-7))
            .with(TaskOption.BACKOFF_CAP, Duration.ofDays(999));
    Backoff bounded = USUAL.with(nonsense);
    assertEquals(new Backoff(Duration.ofMillis(1), Backoff.LONGEST, 2), bounded);
  }

  private void spread(int charged, TaskOptions options, long mostMs) {
    long least = Long.MAX_VALUE;
    long most = 0;
    for (int i = 0; i < 5000; i++) {
      long wait =
          retries.failure(claim(charged, options), FAULT).retryIn().orElseThrow().toMillis();
      least = Math.min(least, wait);
      most = Math.max(most, wait);
    }
    assertTrue(most <= mostMs && most >= mostMs * 9 / 10, "the longest: " + most);
    assertTrue(least >= 0 && least <= mostMs / 10, "the shortest: " + least);
  }

  @Test
  void what_a_target_asks_for_is_waited_for_at_the_least_and_no_longer_than_a_day() {
    assertEquals(
        Optional.of(Duration.ofMinutes(7)), askedFor(Duration.ofMinutes(7)), "over any backoff");
    assertEquals(Optional.of(Duration.ofDays(1)), askedFor(Duration.ofDays(400)));
    assertEquals(Optional.of(Duration.ofDays(1)), askedFor(Duration.ofSeconds(Long.MAX_VALUE)));
    for (Duration none : new Duration[] {Duration.ZERO, Duration.ofSeconds(-5)}) {
      Duration wait = askedFor(none).orElseThrow();
      assertTrue(!wait.isNegative() && wait.toMillis() <= 100, wait.toString());
    }
    TaskFailure last = TaskFailure.retryable("busy", Duration.ofSeconds(1));
    assertEquals(Optional.empty(), retries.failure(claim(2, NONE), last).retryIn());
  }

  private Optional<Duration> askedFor(Duration asked) {
    return retries.failure(claim(0, NONE), TaskFailure.retryable("busy", asked)).retryIn();
  }

  @Test
  void a_permanent_failure_is_not_tried_again() {
    assertEquals(
        new Outcome.Failure("gone", false, Optional.empty()),
        retries.failure(claim(0, NONE), TaskFailure.permanent("gone")));
  }

  @Test
  void a_timeout_is_tried_again_and_tells_the_time() {
    Outcome.Failure failure = retries.timeout(claim(0, NONE), Duration.ofMillis(1500));
    assertTrue(failure.timedOut());
    assertEquals("timed out after 1500 ms", failure.error());
    assertTrue(failure.retryIn().isPresent());
    assertEquals(Optional.empty(), retries.timeout(claim(2, NONE), Duration.ZERO).retryIn());
  }

  @Test
  void a_failure_without_a_message_is_told_by_its_kind() {
    assertEquals(
        "NullPointerException",
        retries.failure(claim(0, NONE), new NullPointerException()).error());
    assertEquals(
        "IllegalStateException",
        retries.failure(claim(0, NONE), new IllegalStateException(" ")).error());
  }
}
