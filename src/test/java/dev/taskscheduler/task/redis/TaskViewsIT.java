package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.RedisServer;
import dev.taskscheduler.fence.FencingToken;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.PastAttempt.How;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskFilter;
import dev.taskscheduler.task.TaskPage;
import dev.taskscheduler.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is shown of tasks: pages that miss nothing, also while tasks move; a task's whole history;
/// its place in the queue.
class TaskViewsIT {
  private static RedisServer server;
  private StoreOnRedis store;
  private FencingToken token;

  @BeforeAll
  static void startRedis() {
    server = new RedisServer();
  }

  @AfterAll
  static void stopRedis() {
    server.close();
  }

  @BeforeEach
  void open() {
    store = new StoreOnRedis(server, StoreOnRedis.LIMITS);
    store.jedis.flushAll();
    token = store.lead(1000);
    store.claims.enter(token);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static TaskFilter of(Optional<StateName> state, int limit) {
    return new TaskFilter(
        state, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), limit);
  }

  private TaskPage page(TaskFilter filter, String cursor) {
    return get(store.tasks.list(filter, cursor)).orElseThrow();
  }

  /// @param between done after each page
  private List<String> walk(TaskFilter filter, Runnable between) {
    List<String> ids = new ArrayList<>();
    Optional<String> cursor = Optional.of("");
    for (int pages = 0; cursor.isPresent(); pages++) {
      assertTrue(pages < 10_000, "pages without an end");
      TaskPage page = page(filter, cursor.get());
      page.tasks().stream().map(Task::id).forEach(ids::add);
      between.run();
      cursor = page.next();
    }
    return ids;
  }

  private void submitMany(Priority priority, String name, int count) {
    for (int i = 0; i < count; i++) {
      var unused =
          store.tasks.submit(
              "%s%05d".formatted(name, i), new NewTask(priority, "log", new byte[] {'1'}));
    }
    store.submit(name + "last", priority);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 500})
  void a_walk_finds_each_task_in_each_state_once(int limit) {
    Repairs.fill(store, token, 20);
    store.jedis.del("{scheduler}:task:h3"); // an entry without its record
    Set<String> all = new HashSet<>();
    for (String key : store.jedis.keys("{scheduler}:task:*")) {
      all.add(key.substring("{scheduler}:task:".length()));
    }
    List<String> seen = walk(of(Optional.empty(), limit), () -> {});
    assertEquals(all, new HashSet<>(seen));
    assertEquals(seen.size(), all.size(), "each once: " + seen);
    int byState = 0;
    for (StateName state : StateName.values()) {
      byState += walk(of(Optional.of(state), limit), () -> {}).size();
    }
    assertEquals(all.size(), byState, "each in one state");
  }

  @Test
  void what_stays_where_it_is_is_not_missed_while_others_come_and_go() {
    submitMany(Priority.LOW, "stay", 300);
    submitMany(Priority.HIGH, "go", 200);
    int[] more = {0};
    List<String> seen =
        walk(
            of(Optional.of(StateName.READY), 10),
            () -> {
              for (Claim claim : store.claim(token, 4)) {
                if (claim.id().startsWith("go")) {
                  get(store.claims.end(token, claim, Outcome.SUCCESS));
                } else {
                  get(store.claims.requeue(token, claim, Duration.ZERO));
                }
              }
              store.submit("more" + more[0]++, Priority.HIGH);
            });
    Set<String> stayed = new HashSet<>(seen);
    for (int i = 0; i < 300; i++) {
      String id = "stay%05d".formatted(i);
      assertTrue(stayed.contains(id), id + " was missed");
    }
  }

  @Test
  void ended_tasks_are_walked_newest_first_while_others_end() {
    submitMany(Priority.HIGH, "t", 120);
    List<Claim> claims = new ArrayList<>(store.claim(token, 200));
    List<String> ended = new ArrayList<>();
    for (Claim claim : claims.subList(0, 100)) {
      get(store.claims.end(token, claim, Outcome.SUCCESS));
      ended.add(claim.id());
    }
    List<Claim> rest = new ArrayList<>(claims.subList(100, claims.size()));
    List<String> seen =
        walk(
            of(Optional.of(StateName.COMPLETED), 9),
            () -> {
              if (!rest.isEmpty()) {
                get(store.claims.end(token, rest.removeLast(), Outcome.SUCCESS));
              }
            });
    assertEquals(ended.reversed(), seen);
  }

  @Test
  void a_filter_that_finds_nothing_ends_in_bounded_pages() {
    submitMany(Priority.LOW, "t", 5000);
    TaskFilter none =
        new TaskFilter(
            Optional.of(StateName.READY),
            Optional.empty(),
            Optional.of("other"),
            Optional.empty(),
            Optional.empty(),
            50);
    int[] pages = {0};
    assertEquals(List.of(), walk(none, () -> pages[0]++));
    assertTrue(pages[0] >= 5 && pages[0] <= 10, "a thousand a page: " + pages[0]);
  }

  @Test
  void a_cursor_of_nobodys_is_told_apart() {
    assertFalse(get(store.tasks.list(of(Optional.empty(), 5), "nonsense")).isPresent());
  }

  @Test
  void a_history_tells_each_attempt_with_its_leaders_node() {
    store.submit("a", Priority.HIGH);
    Claim first = store.claimOne(token);
    get(
        store.claims.end(
            token, first, new Outcome.Failure("no", true, Optional.of(Duration.ofMillis(1)))));
    store.jedis.zadd("{scheduler}:scheduled", 1, "a");
    store.claims.promote(token, 1);
    store.claimOne(token);
    token = store.lead(2000);
    store.claims.enter(token);
    store.claims.recover(token);
    store.jedis.zadd("{scheduler}:scheduled", 1, "a");
    store.claims.promote(token, 1);
    Claim last = store.claimOne(token);
    var running = get(store.tasks.details("a")).orElseThrow();
    assertEquals(
        List.of(How.TIMED_OUT, How.LEADER_LOST, How.RUNNING),
        running.history().stream().map(attempt -> attempt.how()).toList());
    get(store.claims.end(token, last, new Outcome.Success("[1]".getBytes(UTF_8))));
    var known = get(store.tasks.details("a")).orElseThrow();
    assertInstanceOf(TaskState.Completed.class, known.task().state());
    assertEquals("[1]", new String(known.result(), UTF_8));
    assertEquals(
        List.of(1L, 2L, 3L), known.history().stream().map(a -> (long) a.number()).toList());
    assertEquals(
        List.of(1000L, 1000L, 2000L), known.history().stream().map(a -> a.epoch()).toList());
    assertEquals(
        List.of("node1", "node1", "node1"),
        known.history().stream().map(a -> a.node().orElse("?")).toList());
    assertEquals("no", known.history().getFirst().error());
    assertEquals(2, known.charged());
  }

  @Test
  void an_explanation_tells_the_place_what_is_ahead_and_what_is_paused() {
    submitMany(Priority.HIGH, "h", 9);
    submitMany(Priority.LOW, "l", 20);
    var queue = get(store.tasks.explain("l00004")).orElseThrow().queue().orElseThrow();
    assertEquals(5, queue.place());
    assertTrue(queue.exact());
    assertEquals(14, queue.ahead());
    get(store.tasks.pause(new Pause.OfPriority(Priority.HIGH)));
    var paused = get(store.tasks.explain("h00000")).orElseThrow();
    assertEquals(List.of(new Pause.OfPriority(Priority.HIGH)), paused.pausedBy());
    assertEquals(4, get(store.tasks.explain("l00004")).orElseThrow().queue().orElseThrow().ahead());
    var overview = get(store.tasks.overview());
    assertEquals(10L, overview.counts().ready().get(Priority.HIGH));
    assertEquals(Set.of(Priority.HIGH, Priority.LOW), overview.front().keySet());
    assertEquals(Optional.empty(), get(store.tasks.explain("nobody")));
  }
}
