package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.TaskFilter;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskPage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Pipeline;

/// What a listing shows of each state, by each filter, and how much a page may cost.
class ListScriptIT extends OnOneRedis {
  private static final Map<StateName, List<String>> MADE =
      Map.of(
          StateName.SCHEDULED, List.of("scheduled"),
          StateName.RETRYING, List.of("retrying"),
          StateName.READY, List.of("ready-high", "paused", "ready-medium", "ready-low"),
          StateName.RUNNING, List.of("running"),
          StateName.COMPLETED, List.of("done", "crashed", "kept"),
          StateName.DEAD, List.of("dead"),
          StateName.EXPIRED, List.of("expired"),
          StateName.CANCELLED, List.of("cancelled"));

  @ParameterizedTest
  @EnumSource(StateName.class)
  void each_state_lists_its_tasks_in_their_order(StateName state) {
    EveryState.make(store);
    var before = server.snapshot();
    for (int limit : List.of(1, 2, 50)) {
      Walk walk = Walk.over(store, Walk.of(state, limit));
      assertEquals(MADE.get(state), walk.ids());
      walk.tasks.forEach(task -> assertEquals(state, task.state().named()));
      walk.tasks.forEach(task -> assertEquals(store.queries.find(task.id()).get(), task));
    }
    assertEquals(before, server.snapshot());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 500})
  void without_a_state_each_task_is_listed_once(int limit) {
    EveryState.make(store);
    List<String> ids = new ArrayList<>(Walk.over(store, Walk.all(limit)).ids());
    List<String> made = new ArrayList<>(MADE.values().stream().flatMap(List::stream).toList());
    Collections.sort(ids);
    Collections.sort(made);
    assertEquals(made, ids);
  }

  @Test
  void an_empty_store_has_one_empty_page() {
    assertEquals(1, Walk.over(store, Walk.all(50)).pages);
    assertEquals(List.of(), Walk.over(store, Walk.all(50)).ids());
  }

  @Test
  void filters_leave_out_what_is_not_asked_for() {
    EveryState.make(store);
    assertEquals(List.of("paused"), Walk.over(store, Walk.in(StateName.READY, "mail", 2)).ids());
    assertEquals(
        List.of("ready-low"), Walk.over(store, Walk.of(StateName.READY, Priority.LOW, 2)).ids());
    assertEquals(
        List.of("ready-high", "paused"),
        Walk.over(store, Walk.of(StateName.READY, Priority.HIGH, 2)).ids());
    assertEquals(
        List.of("cancelled"),
        Walk.over(store, Walk.of(StateName.CANCELLED, Priority.LOW, 2)).ids());
    assertEquals(List.of(), Walk.over(store, Walk.of(StateName.CANCELLED, Priority.HIGH, 2)).ids());
    assertEquals(List.of(), Walk.over(store, Walk.of(StateName.DEAD, "lo", 2)).ids());
  }

  @ParameterizedTest
  @EnumSource(
      value = StateName.class,
      names = {"READY", "COMPLETED", "CANCELLED"})
  void times_are_taken_from_since_to_before(StateName state) {
    FencingToken token = store.lead(1000);
    List<Instant> times = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      store.submit("t" + i, Priority.HIGH);
      times.add(store.queries.find("t" + i).orElseThrow().submittedAt());
      if (state == StateName.COMPLETED) {
        get(store.claims.end(token, store.claimOne(token), Outcome.SUCCESS));
      } else if (state == StateName.CANCELLED) {
        store.commands.cancel("t" + i);
      }
    }
    TaskFilter some = Walk.submitted(state, times.get(3), times.get(6), 2);
    assertEquals(Set.of("t3", "t4", "t5"), Set.copyOf(Walk.over(store, some).ids()));
  }

  @Test
  void one_that_ended_while_the_clock_was_behind_ends_no_list() {
    FencingToken token = store.lead(1000);
    List<Instant> times = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      store.submit("t" + i, Priority.HIGH);
      times.add(store.queries.find("t" + i).orElseThrow().submittedAt());
      get(store.claims.end(token, store.claimOne(token), Outcome.SUCCESS));
    }
    Instant dayBefore = times.get(7).minus(java.time.Duration.ofDays(1));
    store.jedis.setrange("{scheduler}:task:t7", 14, TaskRecordCodec.hexMicros(dayBefore));
    TaskFilter since =
        Walk.submitted(StateName.COMPLETED, times.get(3), times.get(8).plusSeconds(1), 2);
    assertEquals(
        Set.of("t3", "t4", "t5", "t6", "t7", "t8"), Set.copyOf(Walk.over(store, since).ids()));
  }

  @Test
  void a_cursor_that_is_none_or_belongs_to_another_question_is_told() {
    EveryState.make(store);
    TaskFilter ready = Walk.of(StateName.READY, 1);
    String cursor = store.queries.list(ready, "").flatMap(TaskPage::next).orElseThrow();
    assertTrue(store.queries.list(ready, cursor).isPresent());
    for (TaskFilter other :
        List.of(Walk.of(StateName.DEAD, 1), Walk.of(StateName.READY, Priority.LOW, 1))) {
      assertTrue(store.queries.list(other, cursor).isEmpty());
    }
    for (String text :
        List.of(
            "z",
            "h 1",
            "h 1 2 id",
            "h 1 2 id 000000 1",
            "h -1 2 id 000000",
            "high default 1 2 id 00000g",
            "done",
            "done x",
            "done 1 2",
            "medium a*b",
            "medium x:log y",
            "parked",
            "dead 1",
            "dead nan id",
            "running x -",
            "running 1 a b",
            "running 99999999999999999999 -",
            "high default 1 2 " + "i".repeat(65) + " 000000")) {
      String bad = Base64.getUrlEncoder().encodeToString(text.getBytes());
      boolean known = text.equals("done");
      assertEquals(known, store.queries.list(Walk.all(1), bad).isPresent(), text);
    }
    for (String bad : List.of("!", "*", "a b", "x".repeat(900))) {
      assertTrue(store.queries.list(Walk.all(1), bad).isEmpty(), bad);
    }
  }

  /// As `submit.lua` writes them, many at once.
  private void fill(int many) {
    String head = "w" + "0".repeat(48) + "m";
    try (Pipeline all = store.jedis.pipelined()) {
      for (int i = 0; i < many; i++) {
        String id = "id-%06d".formatted(i);
        all.set(NS + "task:" + id, head + "%013x".formatted(1_795_000_000_000_000L + i) + "log\n1");
        all.lpush(NS + "ready:medium:default", id);
      }
    }
  }

  private long reads() {
    return store
        .jedis
        .info("commandstats")
        .lines()
        .filter(line -> line.startsWith("cmdstat_getrange:"))
        .mapToLong(line -> Long.parseLong(line.split("[=,]", 3)[1]))
        .sum();
  }

  @Test
  void a_filter_that_matches_nothing_ends_in_bounded_calls() {
    fill(100_000);
    long before = reads();
    List<Long> each = new ArrayList<>();
    Walk walk = Walk.over(store, Walk.of(StateName.READY, "mail", 50), page -> each.add(reads()));
    assertEquals(List.of(), walk.ids());
    assertTrue(walk.pages <= 401, "pages: " + walk.pages);
    long last = before;
    for (long now : each) {
      assertTrue(now - last <= 250, "records read for a page: " + (now - last));
      last = now;
    }
  }

  @Test
  void long_heads_are_read_whole_and_bounded_by_bytes() {
    String url = "https://example.com/" + "x".repeat(1_900);
    var options =
        TaskOptions.NONE
            .with(TaskOption.CALLBACK_URL, url)
            .with(TaskOption.CALLBACK_ON, Callback.When.BOTH);
    List<String> ids = IntStream.range(0, 700).mapToObj("t%03d"::formatted).toList();
    ids.forEach(
        id -> store.intake.submit(id, new NewTask(Priority.HIGH, "log", new byte[5_000], options)));
    get(store.intake.submit("z", new NewTask(Priority.HIGH, "log", new byte[0])));
    Walk walk = Walk.over(store, Walk.of(StateName.READY, 500));
    List<String> all = new ArrayList<>(ids);
    all.add("z");
    assertEquals(all, walk.ids());
    assertTrue(walk.pages > 2, "a page of 500 would be more than 1 MiB: " + walk.pages);
  }
}
