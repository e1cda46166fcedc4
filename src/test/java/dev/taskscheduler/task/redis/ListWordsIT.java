package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.SubmitOptions;
import dev.taskscheduler.task.TaskFilter;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskState;
import dev.taskscheduler.task.TaskStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a listing finds by tags, unique keys and errors, and what it lists first.
class ListWordsIT extends OnOneRedis {
  private static final String KEY = "0123456789abcdef0123456789abcdef";
  private static final TaskFilter.Words NONE = TaskFilter.Words.NONE;

  private static TaskFilter filter(Set<StateName> states, TaskFilter.Words words, boolean newest) {
    return new TaskFilter(
        states,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        words,
        newest,
        2);
  }

  private List<String> listed(Set<StateName> states, TaskFilter.Words words, boolean newest) {
    return Walk.over(store, filter(states, words, newest)).ids();
  }

  private static TaskFilter.Words tag(String tag) {
    return new TaskFilter.Words(Optional.of(tag), Optional.empty(), Optional.empty());
  }

  private static TaskFilter.Words key(String hash) {
    return new TaskFilter.Words(Optional.empty(), Optional.of(hash), Optional.empty());
  }

  private static TaskFilter.Words error(String text) {
    return new TaskFilter.Words(Optional.empty(), Optional.empty(), Optional.of(text));
  }

  private void add(String id, TaskOptions options) {
    get(
        store.intake.submit(
            id, new NewTask(Priority.HIGH, "log", StoreOnRedis.payload(id), options)));
  }

  private void add(String id, String tags) {
    add(id, TaskOptions.NONE.with(TaskOption.TAGS, tags));
  }

  private void fail(String error, Optional<Duration> retryIn) {
    get(store.claims.end(token, store.claimOne(token), new Outcome.Failure(error, false, retryIn)));
  }

  @Test
  void a_tag_is_found_whole_in_every_state() {
    add("a", "red,blue");
    add("b", "blue");
    add("c", "red/blue,redblue");
    add("d", TaskOptions.NONE.with(TaskOption.TAGS, "blue").with(TaskOption.QUEUE, "mail"));
    fail("no", Optional.empty());
    assertEquals(List.of("a"), listed(Set.of(), tag("red"), false));
    assertEquals(List.of("a"), listed(Set.of(StateName.DEAD), tag("blue"), false));
    assertEquals(List.of("b", "d"), listed(Set.of(StateName.READY), tag("blue"), false));
    assertEquals(List.of(), listed(Set.of(), tag("bl"), false));
    assertEquals(List.of("red", "blue"), store.queries.find("a").orElseThrow().tags());
    add("e", TaskOptions.NONE.with(TaskOption.TAGS, "green").with(TaskOption.QUEUE, "last"));
    for (int i = 0; i < 4; i++) {
      get(store.claims.end(token, store.claimOne(token), Outcome.SUCCESS));
    }
    assertEquals(List.of("e"), listed(Set.of(StateName.COMPLETED), tag("green"), false));
  }

  @Test
  void tags_at_their_longest_are_found_behind_the_longest_options() {
    String tags = String.join(",", Collections.nCopies(7, "x".repeat(64))) + ",last";
    add(
        "a",
        TaskOptions.NONE
            .with(TaskOption.TAGS, tags)
            .with(TaskOption.QUEUE, "q".repeat(128))
            .with(TaskOption.CALLBACK_URL, "https://x/" + "y".repeat(2038)));
    assertEquals(List.of("a"), listed(Set.of(), tag("last"), false));
    store.commands.cancel("a");
    assertEquals(List.of("a"), listed(Set.of(StateName.CANCELLED), tag("last"), false));
  }

  @Test
  void who_holds_a_unique_key_comes_first_and_then_those_that_held_it() {
    for (String id : List.of("old", "older")) {
      add(id, TaskOptions.NONE.with(TaskOption.UNIQUE_KEY, KEY));
      fail("no", Optional.empty());
    }
    for (int i = 0; i < 300; i++) {
      store.submit("other" + i, Priority.HIGH);
    }
    add(
        "now",
        TaskOptions.NONE
            .with(TaskOption.UNIQUE_KEY, KEY)
            .with(TaskOption.DELAY, Duration.ofHours(1)));
    assertEquals(
        "now",
        store
            .queries
            .list(filter(Set.of(), key(KEY), false), "")
            .orElseThrow()
            .tasks()
            .getFirst()
            .id());
    List<String> all = listed(Set.of(), key(KEY), false);
    assertEquals("now", all.getFirst());
    assertEquals(Set.of("now", "old", "older"), Set.copyOf(all));
    assertEquals(3, all.size());
    assertEquals(List.of("now"), listed(Set.of(StateName.SCHEDULED), key(KEY), false));
    assertEquals(List.of(), listed(Set.of(StateName.READY), key(KEY), false));
    assertEquals(List.of(), listed(Set.of(), key("f".repeat(32)), false));
  }

  @Test
  void a_key_that_is_held_for_a_time_shows_its_holder_in_any_state() {
    var window = new SubmitOptions.UniqueWindow(KEY, Duration.ofHours(1));
    var terms =
        new SubmitOptions(Optional.empty(), Optional.of(window), SubmitOptions.NONE.durability());
    NewTask task = new NewTask(Priority.LOW, "log", StoreOnRedis.payload("a")).terms(terms);
    get(store.intake.submit("a", task));
    assertEquals(List.of("a"), listed(Set.of(), key(KEY), false));
    var claim = store.claimOne(token);
    assertEquals(List.of("a"), listed(Set.of(StateName.RUNNING), key(KEY), false));
    get(store.claims.end(token, claim, Outcome.SUCCESS));
    assertEquals(List.of("a"), listed(Set.of(StateName.COMPLETED), key(KEY), false));
  }

  @Test
  void an_error_is_found_by_a_part_of_it_in_dead_and_in_waiting_tasks() {
    add("a", TaskOptions.NONE);
    fail("https://x answered 503", Optional.empty());
    add("b", TaskOptions.NONE);
    fail("https://x answered 503: Busy (%d)", Optional.of(Duration.ofHours(1)));
    add("c", TaskOptions.NONE);
    fail("timed out", Optional.of(Duration.ofHours(2)));
    store.submit("answered 503", Priority.HIGH);
    assertEquals(List.of("b", "a"), listed(Set.of(), error("ANSWERED 50"), false));
    assertEquals(List.of("b"), listed(Set.of(), error("busy (%d"), false));
    assertEquals(List.of("c"), listed(Set.of(StateName.RETRYING), error("timed"), false));
    TaskState state = store.state("c");
    assertEquals(Optional.of("timed out"), ((TaskState.Retrying) state).error());
    assertEquals(
        store.queries.find("c").orElseThrow(),
        Walk.over(store, Walk.of(StateName.RETRYING, 9)).tasks.getLast());
  }

  @Test
  void a_page_that_looks_for_words_reads_no_more_than_its_bounds() {
    for (int i = 0; i < 2_000; i++) {
      store.submit("t" + i, Priority.LOW);
    }
    Walk walk = Walk.over(store, filter(Set.of(), tag("none"), false));
    assertEquals(List.of(), walk.ids());
    assertTrue(walk.pages >= 8, "pages: " + walk.pages);
  }

  @ParameterizedTest
  @EnumSource(TaskStatus.class)
  void a_status_lists_all_its_states(TaskStatus status) {
    EveryState.make(store);
    Walk walk = Walk.over(store, filter(status.states(), NONE, false));
    assertTrue(walk.tasks.size() > 0);
    for (StateName state : status.states()) {
      assertEquals(
          Walk.over(store, Walk.of(state, 50)).ids(),
          walk.tasks.stream()
              .filter(task -> task.state().named() == state)
              .map(task -> task.id())
              .toList());
    }
  }

  @Test
  void what_came_last_comes_first_if_that_is_asked_for() {
    token = EveryState.make(store);
    for (int i = 0; i < 5; i++) {
      store.submit("r" + i, Priority.LOW);
    }
    assertEquals(
        List.of("ready-high", "paused", "ready-medium", "r4", "r3", "r2", "r1", "r0", "ready-low"),
        listed(Set.of(StateName.READY), NONE, true));
    assertEquals(
        List.of("scheduled", "retrying"),
        listed(Set.of(StateName.SCHEDULED, StateName.RETRYING), NONE, true));
    assertEquals(
        List.of("retrying", "scheduled"),
        listed(Set.of(StateName.SCHEDULED, StateName.RETRYING), NONE, false));
    for (int i = 0; i < 8; i++) {
      store.claimOne(token);
    }
    List<String> running = new ArrayList<>(listed(Set.of(StateName.RUNNING), NONE, false));
    Collections.reverse(running);
    assertEquals(running, listed(Set.of(StateName.RUNNING), NONE, true));
  }

  /// The front is claimed and the back grows between the pages; what stays is listed once.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void newest_first_goes_on_where_it_was_while_tasks_come_and_go(boolean claims) {
    for (int i = 0; i < 40; i++) {
      store.submit("t%02d".formatted(i), Priority.LOW);
    }
    Walk walk =
        Walk.over(
            store,
            filter(Set.of(StateName.READY), NONE, true),
            page -> {
              store.submit("new" + page, Priority.LOW);
              if (claims) {
                store.claimOne(token);
              }
            });
    List<String> expected = new ArrayList<>();
    for (int i = 39; i >= 0; i--) {
      expected.add("t%02d".formatted(i));
    }
    if (claims) {
      assertEquals(expected.subList(0, walk.ids().size()), walk.ids());
      assertTrue(walk.ids().size() >= 26, "those that stayed: " + walk.ids().size());
    } else {
      assertEquals(expected, walk.ids());
    }
  }

  @Test
  void a_cursor_of_one_order_is_none_of_the_other() {
    for (int i = 0; i < 5; i++) {
      store.submit("t" + i, Priority.LOW);
    }
    TaskFilter newest = filter(Set.of(), NONE, true);
    TaskFilter usual = filter(Set.of(), NONE, false);
    String next = store.queries.list(newest, "").orElseThrow().next().orElseThrow();
    assertEquals(Optional.empty(), store.queries.list(usual, next));
    String other = store.queries.list(usual, "").orElseThrow().next().orElseThrow();
    assertEquals(Optional.empty(), store.queries.list(newest, other));
  }
}
