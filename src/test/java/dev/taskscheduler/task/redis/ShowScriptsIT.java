package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.AttemptRecord;
import dev.taskscheduler.task.AttemptRecord.How;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Explanation;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.QueueBlock;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.TaskCounts;
import dev.taskscheduler.task.TaskDetails;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskOverview;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// All that is known of one task, what is before it, and what there is.
class ShowScriptsIT extends OnOneRedis {

  @Override
  TaskLimits limits() {
    return new TaskLimits(100_000, 3, Duration.ofHours(1), 1_000, 1_000);
  }

  private TaskDetails details(String id) {
    return store.queries.details(id).orElseThrow();
  }

  private Explanation explain(String id) {
    return store.queries.explain(id).orElseThrow();
  }

  private static List<String> told(TaskDetails details) {
    return details.history().stream()
        .map(one ->
            one.number()
                + " "
                + one.how()
                + " "
                + one.epoch()
                + " "
                + one.node().orElse("?")
                + (one.error().isEmpty() ? "" : ": " + one.error()))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(StateName.class)
  void each_state_is_shown_as_status_does_and_nothing_changes(StateName state) {
    EveryState.make(store);
    var before = server.snapshot();
    for (String id : Walk.over(store, Walk.of(state, 50)).ids()) {
      assertEquals(store.queries.find(id).orElseThrow(), details(id).task());
      assertEquals(store.queries.find(id).orElseThrow(), explain(id).task());
      assertArrayEquals(StoreOnRedis.payload(id), details(id).payload());
      for (AttemptRecord one : details(id).history()) {
        assertTrue(one.endedAt().map(end -> !end.isBefore(one.startedAt())).orElse(true));
      }
    }
    assertEquals(before, server.snapshot());
  }

  @Test
  void what_nobody_knows_is_not_shown() {
    store.jedis.set(NS + "task:odd", "left by hand");
    for (String id : List.of("nobody", "odd")) {
      assertEquals(Optional.empty(), store.queries.details(id));
      assertEquals(Optional.empty(), store.queries.explain(id));
    }
  }

  @Test
  void the_history_tells_each_attempt_by_its_epoch_and_node() {
    EveryState.make(store);
    assertEquals(
        List.of(
            "1 LEADER_LOST 1000 node1: its leader was lost while it ran", "2 COMPLETED 1001 node1"),
        told(details("crashed")));
    assertEquals("{\"n\": 1}", new String(details("crashed").result(), UTF_8));
    assertEquals(List.of("1 COMPLETED 1001 node1"), told(details("done")));
    assertEquals(0, details("done").result().length);
    assertEquals(List.of("1 FAILED 1001 node1: the target answered 500"), told(details("dead")));
    assertEquals(
        List.of("1 FAILED 1001 node1: the target answered 500"), told(details("retrying")));
    assertEquals(1, details("retrying").charged());
    assertEquals(List.of("1 RUNNING 1001 node1"), told(details("running")));
    assertEquals(List.of(), told(details("expired")));
    assertEquals(List.of(), told(details("cancelled")));
    assertEquals(
        Optional.of(Duration.ofDays(7)), details("kept").options().get(TaskOption.RETENTION));
    store.jedis.del(NS + "leaders");
    assertEquals(List.of("1 COMPLETED 1001 ?"), told(details("done")));
  }

  @Test
  void a_recalled_and_a_cancelled_attempt_are_told_too() {
    store.claims.recordLeader(token);
    store.submit("a", Priority.HIGH);
    get(store.claims.requeue(token, store.claimOne(token), Duration.ZERO));
    Claim claim = store.claimOne(token);
    store.commands.cancel("a");
    assertTrue(details("a").cancelling());
    assertTrue(explain("a").cancelling());
    get(store.claims.end(token, claim, new Outcome.Cancelled()));
    assertEquals(
        List.of("1 RECALLED 1000 node1: its leader put it back", "2 CANCELLED 1000 node1"),
        told(details("a")));
    assertFalse(details("a").cancelling());
    assertFalse(details("a").historyCut());
  }

  @Test
  void a_long_history_is_cut_and_says_so() {
    store.submit("a", Priority.HIGH);
    for (int i = 0; i < 25; i++) {
      Outcome again = new Outcome.Failure("no " + i, true, Optional.of(Duration.ofHours(1)));
      get(store.claims.end(token, store.claimOne(token), again));
      store.jedis.zadd(NS + "scheduled", 1, "a");
      store.maintenance.promote(token, 1);
    }
    get(store.claims.end(token, store.claimOne(token), Outcome.SUCCESS));
    TaskDetails details = details("a");
    assertTrue(details.historyCut());
    assertEquals(26, details.task().attempts());
    assertEquals(
        IntStream.rangeClosed(6, 26).boxed().toList(),
        details.history().stream().map(AttemptRecord::number).toList());
    assertEquals(How.TIMED_OUT, details.history().getFirst().how());
  }

  @Test
  void a_place_counts_those_before_it_and_higher_priorities() {
    store.submitAll(Priority.HIGH, "h1", "h2");
    store.submitAll(Priority.MEDIUM, "m1");
    store.submitAll(Priority.LOW, "l1", "l2", "l3");
    assertEquals(Optional.of(new Explanation.InQueue(1, true, 0, 0)), explain("h1").queue());
    assertEquals(Optional.of(new Explanation.InQueue(3, true, 3, 0)), explain("l3").queue());
    assertEquals(5, explain("l3").queue().orElseThrow().ahead());
    store.commands.cancel("l1");
    store.commands.cancel("h2");
    assertEquals(Optional.of(new Explanation.InQueue(2, true, 2, 0)), explain("l3").queue());
    store.pauses.pause(new Pause.OfPriority(Priority.HIGH));
    assertEquals(Optional.of(new Explanation.InQueue(2, true, 1, 0)), explain("l3").queue());
    assertEquals(List.of(), explain("l3").pausedBy());
    assertEquals(List.of(new Pause.OfPriority(Priority.HIGH)), explain("h1").pausedBy());
  }

  @Test
  void far_back_a_place_is_at_least_so_far() {
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (int i = 1; i <= 10_100; i++) {
      all.add(store.intake.submit("t" + i, new NewTask(Priority.LOW, "log", new byte[] {'1'})));
    }
    all.forEach(CompletableFuture::join);
    assertEquals(
        Optional.of(new Explanation.InQueue(10_000, true, 0, 0)), explain("t10000").queue());
    assertEquals(
        Optional.of(new Explanation.InQueue(10_001, false, 0, 0)), explain("t10050").queue());
    store.commands.cancel("t5");
    assertEquals(Optional.of(new Explanation.InQueue(1_999, true, 0, 0)), explain("t2000").queue());
    assertEquals(
        Optional.of(new Explanation.InQueue(8_999, false, 0, 0)), explain("t9000").queue());
  }

  @Test
  void what_stands_elsewhere_has_no_place_and_what_stops_it_is_told() {
    EveryState.make(store);
    for (String id : List.of("scheduled", "retrying", "running", "done", "dead")) {
      assertEquals(Optional.empty(), explain(id).queue(), id);
    }
    assertEquals(List.of(new Pause.OfQueue("mail")), explain("paused").pausedBy());
    store.pauses.pause(new Pause.All());
    assertEquals(List.of(new Pause.All(), new Pause.OfQueue("mail")), explain("paused").pausedBy());
    assertEquals(Optional.of(new QueueBlock.Paused("")), explain("paused").blocked());
    assertEquals("the target answered 500", explain("retrying").lastBad().orElseThrow().error());
    assertEquals(Optional.of("node1"), explain("running").node());
    assertTrue(explain("expired").expired());
    assertFalse(explain("done").expired());
  }

  @Test
  void the_overview_has_counts_the_fronts_and_what_is_paused() {
    EveryState.make(store);
    TaskOverview overview = store.queries.overview();
    assertEquals(timeless(store.queries.counts()), timeless(overview.counts()));
    assertEquals(Set.of(new Pause.OfQueue("mail")), overview.paused().keySet());
    assertEquals(
        Map.of(
            Priority.HIGH, submittedAt("ready-high"),
            Priority.MEDIUM, submittedAt("ready-medium"),
            Priority.LOW, submittedAt("ready-low")),
        overview.front());
    assertEquals(
        store.jedis.zscore(NS + "scheduled", "retrying").longValue(),
        overview.nextDue().orElseThrow().toEpochMilli());
    store.jedis.flushAll();
    TaskOverview empty = store.queries.overview();
    assertEquals(Map.of(), empty.front());
    assertEquals(Optional.empty(), empty.nextDue());
  }

  private Duration waited(Priority priority) {
    return store.queries.counts().waited().getOrDefault(priority, Duration.ofDays(-1));
  }

  private void assertWaited(Duration least, Priority priority) {
    Duration waited = waited(priority);
    assertTrue(
        waited.compareTo(least) >= 0 && waited.compareTo(least.plusSeconds(30)) < 0,
        () -> priority + " has waited for " + waited);
  }

  /// Writes a time into a record as if it had been submitted then.
  private void submittedBefore(String id, Duration age) {
    long micros = (System.currentTimeMillis() - age.toMillis()) * 1000;
    store.jedis.setrange(NS + "task:" + id, 50, "%013x".formatted(micros));
  }

  @Test
  void the_counts_tell_for_how_long_the_first_of_each_priority_has_been_ready() {
    EveryState.make(store);
    store.submit("second", Priority.LOW);
    submittedBefore("ready-low", Duration.ofHours(3));
    submittedBefore("second", Duration.ofHours(9));
    submittedBefore("ready-medium", Duration.ofMinutes(1));
    assertWaited(Duration.ofHours(3), Priority.LOW);
    assertWaited(Duration.ofMinutes(1), Priority.MEDIUM);
    assertWaited(Duration.ZERO, Priority.HIGH);
    store.commands.cancel("ready-low"); // still stands there, and is not asked
    assertWaited(Duration.ofHours(9), Priority.LOW);
    store.jedis.flushAll();
    assertEquals(Map.of(), store.queries.counts().waited());
  }

  @Test
  void a_delay_and_an_attempt_are_no_wait() {
    String id = "delayed";
    get(
        store.intake.submit(
            id,
            new NewTask(
                Priority.LOW,
                "log",
                StoreOnRedis.payload(id),
                TaskOptions.NONE.with(TaskOption.DELAY, Duration.ofHours(2)))));
    submittedBefore(id, Duration.ofMinutes(121));
    store.jedis.zadd(NS + "scheduled", 1, id);
    store.maintenance.promote(token, 10);
    assertWaited(Duration.ofMinutes(1), Priority.LOW);
    store.submit("failed", Priority.MEDIUM);
    submittedBefore("failed", Duration.ofHours(5));
    assertWaited(Duration.ofHours(5), Priority.MEDIUM);
    Claim claim = store.claimOne(token);
    get(store.claims.requeue(token, claim, Duration.ZERO));
    assertWaited(Duration.ZERO, Priority.MEDIUM);
  }

  private static TaskCounts timeless(TaskCounts counts) {
    return new TaskCounts(
        counts.ready(),
        Map.of(),
        counts.scheduled(),
        counts.running(),
        counts.completed(),
        counts.dead(),
        counts.expired(),
        counts.cancelled());
  }

  private Instant submittedAt(String id) {
    return store.queries.find(id).orElseThrow().submittedAt();
  }
}
