package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tasks come and go between two pages: what stays where it is is never missed, and nothing is
/// listed twice while nothing moves; what has ended is listed again where more ends meanwhile.
class ListWhileMovingIT extends OnOneRedis {
  private int made;

  @Override
  TaskLimits limits() {
    return new TaskLimits(100_000, 3, Duration.ofHours(1), 3_000, 3_000);
  }

  private List<String> submit(int many) {
    List<String> ids = new ArrayList<>();
    CompletableFuture<?> last = CompletableFuture.completedFuture(null);
    for (int i = 0; i < many; i++) {
      ids.add("t%06d".formatted(made++));
      last = store.intake.submit(ids.getLast(), new NewTask(Priority.LOW, "log", new byte[] {'1'}));
    }
    var unused = last.join();
    return ids;
  }

  private void assertNoneMissed(Walk walk, List<String> before, Set<String> moved) {
    Set<String> missed = new TreeSet<>(before);
    missed.removeAll(moved);
    missed.removeAll(walk.times().keySet());
    assertEquals(Set.of(), missed);
  }

  @ParameterizedTest
  @CsvSource({
    "7, 5, 1500",
    "300, 200, 5000",
    "1500, 1700, 20000",
    "0, 3000, 5000",
    "1700, 0, 9000"
  })
  void a_queue_that_is_worked_on_at_both_ends(int claimed, int submitted, int depth) {
    List<String> before = submit(depth);
    Set<String> gone = new HashSet<>();
    Walk walk =
        Walk.over(
            store,
            Walk.of(StateName.READY, 500),
            page -> {
              if (page <= 5) {
                submit(submitted);
                for (int left = claimed; left > 0; left -= 500) {
                  gone.addAll(StoreOnRedis.ids(store.claim(token, Math.min(left, 500))));
                }
              }
            });
    assertNoneMissed(walk, before, gone);
    walk.times().forEach((id, times) -> assertEquals(1, times, id));
  }

  /// More comes and goes than the windows around where it was hold: it is searched for from both
  /// ends.
  @Test
  void a_place_deep_in_a_queue_that_has_moved_far() {
    List<String> before = submit(12_000);
    Set<String> gone = new HashSet<>();
    Walk walk =
        Walk.over(
            store,
            Walk.of(StateName.READY, 500),
            page -> {
              if (page >= 10 && page < 15) {
                submit(2_000);
                gone.addAll(StoreOnRedis.ids(store.claim(token, 500)));
                gone.addAll(StoreOnRedis.ids(store.claim(token, 400)));
              }
            });
    assertNoneMissed(walk, before, gone);
    walk.times().forEach((id, times) -> assertEquals(1, times, id));
    assertEquals(12_000 + 5 * 2_000, walk.ids().size());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void a_queue_to_which_tasks_come_back_and_are_cancelled_in(long seed) {
    Random random = new Random(seed);
    List<String> before = submit(4_000);
    Set<String> moved = new HashSet<>();
    Walk walk =
        Walk.over(
            store,
            Walk.of(StateName.READY, 100),
            page -> {
              if (page > 30) {
                return;
              }
              List<Claim> claims = store.claim(token, random.nextInt(150));
              moved.addAll(StoreOnRedis.ids(claims));
              for (Claim claim : claims) {
                switch (random.nextInt(4)) {
                  case 0 -> get(store.claims.requeue(token, claim, Duration.ZERO));
                  case 1 -> get(store.claims.requeue(token, claim, Duration.ofMillis(1)));
                  case 2 ->
                      get(
                          store.claims.end(
                              token,
                              claim,
                              new Outcome.Failure("no", false, Optional.of(Duration.ofMillis(1)))));
                  default -> get(store.claims.end(token, claim, Outcome.SUCCESS));
                }
              }
              store.maintenance.promote(token, 500); // to the back, out of the order of submission
              submit(random.nextInt(100));
              for (int i = 0; i < 20; i++) {
                String id = before.get(random.nextInt(before.size()));
                moved.add(id);
                store.commands.cancel(id);
              }
            });
    assertNoneMissed(walk, before, moved);
  }

  @Test
  void a_last_one_that_went_to_the_back_does_not_take_the_walk_along() {
    List<String> before = submit(1_000);
    Walk walk =
        Walk.over(
            store,
            Walk.of(StateName.READY, 100),
            page -> {
              if (page == 1) {
                List<Claim> claims = store.claim(token, 100);
                Outcome again = new Outcome.Failure("no", false, Optional.of(Duration.ZERO));
                get(store.claims.end(token, claims.getLast(), again));
                store.jedis.zadd(NS + "scheduled", 1, claims.getLast().id());
                store.maintenance.promote(token, 10);
              }
            });
    assertNoneMissed(walk, before, Set.of());
  }

  @Test
  void a_last_one_that_expired_and_was_revived_does_not_either() {
    List<String> before = submit(1_000);
    Walk walk =
        Walk.over(
            store,
            Walk.of(StateName.READY, 100),
            page -> {
              if (page == 1) { // as if a claim had found it expired, and somebody brought it back
                store.jedis.lrem(NS + "ready:low:default", 1, before.get(99));
                store.jedis.lpush(NS + "ready:low:default", before.get(99));
              }
            });
    assertNoneMissed(walk, before, Set.of());
  }

  @ParameterizedTest
  @CsvSource({"10, 0", "700, 0", "700, 500", "2500, 0", "2500, 500", "2500, 1000"})
  void what_is_done_while_more_is_done_and_the_oldest_goes(int ended, int trimmed) {
    submit(3_000);
    endAll(3_000);
    List<String> before = new ArrayList<>(store.jedis.lrange(NS + "done", 0, -1));
    Walk walk =
        Walk.over(
            store,
            Walk.of(StateName.COMPLETED, 500),
            page -> {
              if (page <= 3) {
                submit(ended);
                endAll(ended);
                for (int i = 0; i < trimmed / 500; i++) {
                  store.maintenance.clean(token, 500);
                }
              }
            });
    Set<String> gone = new HashSet<>(before);
    store.jedis.lrange(NS + "done", 0, -1).forEach(gone::remove);
    assertNoneMissed(walk, before, gone);
    int ends = 3 * ended;
    assertTrue(walk.ids().size() <= 3_000 + 2 * ends, "twice at the most for each that ended");
    assertEquals(before.subList(0, 500), walk.ids().subList(0, 500), "newest first");
  }

  private void endAll(int many) {
    List<CompletableFuture<?>> ends = new ArrayList<>();
    for (int left = many; left > 0; left -= 500) {
      for (Claim claim : store.claim(token, Math.min(left, 500))) {
        ends.add(store.claims.end(token, claim, Outcome.SUCCESS));
      }
    }
    ends.forEach(CompletableFuture::join);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dead", "scheduled", "cancelled"})
  void sorted_sets_whose_entries_share_their_scores(String index) {
    StateName state = StateName.parse(index).orElseThrow();
    String letter = index.equals("scheduled") ? "w" : index.equals("dead") ? "d" : "x";
    List<String> before = submit(1_000);
    store.jedis.del(NS + "ready:low:default");
    for (int i = 0; i < before.size(); i++) {
      store.jedis.setrange(NS + "task:" + before.get(i), 0, letter);
      store.jedis.zadd(NS + index, 4_000_000_000_000L + i / 300, before.get(i));
    }
    Walk still = Walk.over(store, Walk.of(state, 7));
    assertEquals(
        state == StateName.SCHEDULED
            ? store.jedis.zrange(NS + index, 0, -1)
            : store.jedis.zrevrange(NS + index, 0, -1),
        still.ids());
    Set<String> gone = new HashSet<>();
    Random random = new Random(7);
    Walk walk =
        Walk.over(
            store,
            Walk.of(state, 7),
            page -> {
              for (int i = 0; i < 3; i++) {
                String id = before.get(random.nextInt(before.size()));
                gone.add(id);
                store.jedis.zrem(NS + index, id);
              }
            });
    assertNoneMissed(walk, before, gone);
    walk.times().forEach((id, times) -> assertEquals(1, times, id));
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 100, 150, 700, 3_000})
  void what_runs_is_listed_once_while_nothing_moves(int many) {
    List<String> before = submit(many);
    for (int left = many; left > 0; left -= 500) {
      store.claim(token, Math.min(left, 500));
    }
    for (int limit : List.of(1, 7, 500)) {
      Walk walk = Walk.over(store, Walk.of(StateName.RUNNING, limit));
      assertEquals(new TreeSet<>(before), new TreeSet<>(walk.ids()));
      assertEquals(many, walk.ids().size());
    }
  }

  @ParameterizedTest
  @CsvSource({"60, 20", "100, 1", "200, 20", "200, 1", "1500, 2", "1500, 100"})
  void what_runs_while_more_starts_and_some_ends(int many, int limit) {
    List<String> before = submit(many);
    List<Claim> running = new ArrayList<>();
    for (int left = many; left > 0; left -= 500) {
      running.addAll(store.claim(token, Math.min(left, 500)));
    }
    submit(4_000);
    Random random = new Random(many);
    Set<String> gone = new HashSet<>();
    Walk walk =
        Walk.over(
            store,
            Walk.of(StateName.RUNNING, limit),
            page -> {
              if (page % 20 == 1 && page < 200) {
                store.claim(token, 300);
              }
              for (int i = 0; i < 2 && !running.isEmpty() && page % 2 == 0; i++) {
                Claim ended = running.remove(random.nextInt(running.size()));
                gone.add(ended.id());
                get(store.claims.end(token, ended, Outcome.SUCCESS));
              }
            });
    assertNoneMissed(walk, before, gone);
  }

  @Test
  void what_waits_in_many_queues_while_more_comes_and_some_is_claimed() {
    Set<String> gone = new HashSet<>();
    List<String> before = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      before.add(intoQueue("a" + i, "q" + i % 40));
    }
    Walk walk =
        Walk.over(
            store,
            Walk.of(StateName.READY, 7),
            page -> {
              intoQueue("b" + page, "q" + page % 50);
              store.claim(token, 2).forEach(claim -> gone.add(claim.id()));
            });
    assertNoneMissed(walk, before, gone);
  }

  private String intoQueue(String id, String queue) {
    TaskOptions options = TaskOptions.NONE.with(TaskOption.QUEUE, queue);
    get(store.intake.submit(id, new NewTask(Priority.LOW, "log", new byte[] {'1'}, options)));
    return id;
  }
}
