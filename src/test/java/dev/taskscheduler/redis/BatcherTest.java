package dev.taskscheduler.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BatcherTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private final List<List<Integer>> calls = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch gate = new CountDownLatch(1);

  private List<Integer> doubled(List<Integer> operations) {
    calls.add(List.copyOf(operations));
    return operations.stream().map(i -> 2 * i).toList();
  }

  /// The first call waits at the gate, so that the others gather behind it.
  private List<Integer> gated(List<Integer> operations) {
    List<Integer> answers = doubled(operations);
    awaitGate();
    return answers;
  }

  private void awaitGate() {
    try {
      assertTrue(gate.await(20, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Batcher.Limits limits(int operations, long bytes, int waiting) {
    return new Batcher.Limits(operations, bytes, waiting, 1000, LONG);
  }

  private Batcher<Integer, Integer> batcher(
      Batcher.Limits limits, Batcher.Call<Integer, Integer> call) {
    return new Batcher<>("test", limits, i -> i, call);
  }

  private CompletableFuture<Integer> firstHeldAtTheGate(Batcher<Integer, Integer> batcher) {
    CompletableFuture<Integer> first = batcher.add(1);
    Eventually.await("the first call is under way", () -> calls.size() == 1);
    return first;
  }

  private static void assertRejected(CompletableFuture<?> answer) {
    var e =
        assertThrows(
            CompletionException.class, () -> answer.orTimeout(20, TimeUnit.SECONDS).join());
    assertInstanceOf(RejectedExecutionException.class, e.getCause());
  }

  @Test
  void what_comes_while_a_call_is_under_way_goes_together_in_order() {
    try (var batcher = batcher(limits(10, 1000, 100), this::gated)) {
      firstHeldAtTheGate(batcher);
      List<CompletableFuture<Integer>> answers = new ArrayList<>();
      for (int i = 2; i <= 5; i++) {
        answers.add(batcher.add(i));
      }
      gate.countDown();
      assertEquals(List.of(4, 6, 8, 10), answers.stream().map(CompletableFuture::join).toList());
      assertEquals(List.of(List.of(1), List.of(2, 3, 4, 5)), calls);
    }
  }

  @Test
  void a_call_has_no_more_operations_or_bytes_than_allowed_and_a_large_one_goes_alone() {
    try (var batcher = batcher(limits(3, 100, 100), this::gated)) {
      firstHeldAtTheGate(batcher);
      List<CompletableFuture<Integer>> answers = new ArrayList<>();
      for (int i : new int[] {2, 3, 4, 5, 60, 60, 500, 7}) {
        answers.add(batcher.add(i));
      }
      gate.countDown();
      answers.forEach(CompletableFuture::join);
      assertEquals(
          List.of(
              List.of(1), List.of(2, 3, 4), List.of(5, 60), List.of(60), List.of(500), List.of(7)),
          calls);
    }
  }

  @Test
  void one_more_than_may_wait_is_rejected_and_room_comes_back() {
    try (var batcher = batcher(limits(10, 1000, 2), this::gated)) {
      var first = firstHeldAtTheGate(batcher);
      var second = batcher.add(2);
      assertRejected(batcher.add(3));
      gate.countDown();
      assertEquals(2, first.join());
      assertEquals(4, second.join());
      Eventually.await("room again", () -> !batcher.add(4).isCompletedExceptionally());
    }
  }

  @Test
  void more_bytes_than_may_wait_are_rejected_and_room_comes_back() {
    try (var batcher = batcher(limits(10, 1000, 100), this::gated)) {
      firstHeldAtTheGate(batcher);
      var large = batcher.add(1200);
      assertRejected(batcher.add(5));
      gate.countDown();
      assertEquals(2400, large.join());
      Eventually.await("room again", () -> !batcher.add(4).isCompletedExceptionally());
    }
  }

  @Test
  void what_waited_too_long_is_rejected_and_never_sent() {
    var brief = new Batcher.Limits(10, 1000, 100, 1000, Duration.ofMillis(20));
    try (var batcher = batcher(brief, this::gated)) {
      var first = firstHeldAtTheGate(batcher);
      var second = batcher.add(2);
      long since = System.nanoTime();
      Eventually.await("it is late", () -> System.nanoTime() - since > 30_000_000);
      gate.countDown();
      assertRejected(second);
      assertEquals(2, first.join(), "what was under way in time is answered");
      assertEquals(6, batcher.add(3).join());
      assertEquals(List.of(List.of(1), List.of(3)), calls);
    }
  }

  @Test
  void a_call_that_throws_is_the_answer_to_all_of_it_and_the_lane_goes_on() {
    try (var batcher =
        batcher(
            limits(10, 1000, 100),
            all -> {
              if (all.contains(13)) {
                throw new IllegalStateException("no");
              }
              return doubled(all);
            })) {
      assertInstanceOf(
          IllegalStateException.class,
          assertThrows(CompletionException.class, () -> batcher.add(13).join()).getCause());
      assertEquals(4, batcher.add(2).join());
    }
  }

  @Test
  void too_few_answers_are_a_failure_and_leave_nobody_waiting() {
    try (var batcher = batcher(limits(10, 1000, 100), all -> List.of())) {
      var answer = batcher.add(1).orTimeout(20, TimeUnit.SECONDS);
      assertInstanceOf(
          IllegalStateException.class,
          assertThrows(CompletionException.class, answer::join).getCause());
    }
  }

  @Test
  void a_size_that_throws_takes_no_room() {
    try (Batcher<Integer, Integer> batcher =
        new Batcher<>(
            "test",
            limits(10, 1000, 1),
            i -> {
              if (i < 0) {
                throw new IllegalArgumentException();
              }
              return i;
            },
            this::doubled)) {
      assertThrows(IllegalArgumentException.class, () -> batcher.add(-1));
      assertEquals(2, batcher.add(1).join());
    }
  }

  @Test
  void closing_sends_what_waits_and_rejects_later_operations() {
    var batcher = batcher(limits(1, 1000, 100), this::gated);
    List<CompletableFuture<Integer>> answers = new ArrayList<>();
    answers.add(firstHeldAtTheGate(batcher));
    answers.add(batcher.add(2));
    answers.add(batcher.add(3));
    gate.countDown();
    batcher.close();
    assertEquals(List.of(2, 4, 6), answers.stream().map(CompletableFuture::join).toList());
    assertRejected(batcher.add(4));
  }

  @Test
  void no_wake_up_is_lost_between_one_operation_and_the_next() {
    try (var batcher = batcher(limits(10, 1000, 100), this::doubled)) {
      for (int i = 0; i < 20_000; i++) {
        assertEquals(2, batcher.add(1).orTimeout(20, TimeUnit.SECONDS).join());
      }
      calls.clear();
    }
  }

  @Test
  void every_operation_is_answered_however_closing_falls_between() throws Exception {
    for (int round = 0; round < 200; round++) {
      var batcher = batcher(limits(7, 1000, 100_000), all -> all);
      List<CompletableFuture<Integer>> answers = Collections.synchronizedList(new ArrayList<>());
      CountDownLatch some = new CountDownLatch(20);
      try (var adders = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int t = 0; t < 4; t++) {
          adders.submit(() -> {
            for (int i = 0; i < 200; i++) {
              answers.add(batcher.add(i % 10));
              some.countDown();
            }
          });
        }
        assertTrue(some.await(20, TimeUnit.SECONDS));
        batcher.close();
      }
      for (CompletableFuture<Integer> answer : answers) {
        Eventually.await("answered or rejected", answer::isDone);
      }
      assertFalse(answers.isEmpty());
    }
  }
}
