package dev.taskscheduler.handlers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.cluster.ClusterNode;
import dev.taskscheduler.handlers.overview.Overview;
import dev.taskscheduler.leader.ElectionStatus;
import dev.taskscheduler.task.ActivityCounts;
import dev.taskscheduler.task.ClusterQueries;
import dev.taskscheduler.task.History;
import dev.taskscheduler.task.PastLeader;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.Situation;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.TaskCounts;
import dev.taskscheduler.task.TaskOverview;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What the overview says is wrong.
class OverviewTest {
  private static final Instant NOW = Instant.parse("2026-11-23T08:55:00Z");

  private final GivenLeader leader = new GivenLeader();
  private final List<String> files = new ArrayList<>();
  private Situation situation = situation(Map.of(), Map.of(), 0);

  private static Situation situation(
      Map<Priority, Duration> waited, Map<Pause, Instant> paused, long dead) {
    return situation(waited, paused, dead, Situation.Some.NONE, Situation.Some.NONE);
  }

  private static Situation situation(
      Map<Priority, Duration> waited,
      Map<Pause, Instant> paused,
      long dead,
      Situation.Some closed,
      Situation.Some overdue) {
    TaskCounts counts = new TaskCounts(Map.of(Priority.HIGH, 7L), waited, 0, 9, 0, dead, 0, 0);
    return new Situation(
        NOW,
        new TaskOverview(counts, Map.of(), Optional.empty(), paused),
        closed,
        3,
        overdue,
        new ActivityCounts(60, 3000, 31, 1));
  }

  private record Given(Supplier<Situation> asked) implements ClusterQueries {
    @Override
    public Situation situation() {
      return asked.get();
    }

    @Override
    public History history(History.Window window) {
      throw new AssertionError("not asked for");
    }

    @Override
    public List<PastLeader> leaders(int limit) {
      throw new AssertionError("not asked for");
    }
  }

  private String document() {
    return document(new Given(() -> situation));
  }

  private String document(ClusterQueries queries) {
    Overview.Sources sources =
        new Overview.Sources(
            "node1", "0.2.0", queries, () -> MemoryStore.WELL, leader, 4, () -> files);
    return new String(new Overview(sources, () -> NOW).document(), StandardCharsets.UTF_8);
  }

  private List<String> codes() {
    return Pattern.compile("\"code\":\"([a-z-]+)\"")
        .matcher(document())
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  @Test
  void a_cluster_without_a_problem_has_none() {
    leader.ledBy("node1", true);
    String document = document();
    assertTrue(document.contains("\"problems\":[]"), document);
    assertTrue(document.contains("\"workers\":{\"running\":4,\"size\":4}"), document);
    assertTrue(document.contains("\"queues\":{\"closed\":0,\"paused\":0}"), document);
    assertTrue(document.contains("\"schedules\":{\"overdue\":0,\"total\":3}"), document);
    assertTrue(
        document.contains(
            "\"rates\":{\"submitted\":1.0,\"started\":50.0,\"completed\":0.52,\"failed\":0.02}"),
        document);
    leader.ledBy("node2", false);
    assertFalse(document().contains("\"workers\""));
  }

  @Test
  void errors_come_before_warnings() {
    situation = situation(Map.of(), Map.of(new Pause.All(), NOW), 2);
    assertEquals(List.of("no-leader", "paused", "dead-tasks"), codes());
  }

  @Test
  void each_pause_says_how_it_ends_and_what_waits_for_it_is_no_backlog() {
    leader.ledBy("node1", true);
    Map<Priority, Duration> waited = Map.of(Priority.HIGH, Duration.ofMinutes(11));
    situation = situation(waited, Map.of(), 0);
    assertEquals(List.of("backlog"), codes());
    assertTrue(document().contains("7 tasks of priority high"), document());
    situation = situation(waited, Map.of(new Pause.OfPriority(Priority.HIGH), NOW), 0);
    assertEquals(List.of("paused"), codes());
    assertTrue(document().contains("POST /resume?priority=high"), document());
    situation =
        situation(Map.of(), Map.of(new Pause.OfQueue("b"), NOW, new Pause.OfQueue("a*"), NOW), 0);
    assertEquals(List.of("paused"), codes());
    assertTrue(document().contains("POST /queues/a*/resume"), document());
  }

  @Test
  void closed_queues_and_overdue_schedules_are_named() {
    leader.ledBy("node1", true);
    situation =
        situation(
            Map.of(),
            Map.of(),
            0,
            new Situation.Some(1, Optional.of("mails"), Optional.of(NOW)),
            new Situation.Some(2, Optional.of("nightly"), Optional.of(NOW)));
    assertEquals(List.of("queue-closed", "schedule-overdue"), codes());
    assertTrue(document().contains("The queue mails is closed"), document());
    assertTrue(document().contains("2 schedules (nightly first) are overdue"), document());
  }

  @Test
  void nodes_that_are_silent_or_of_another_version_are_named() {
    leader.ledBy("node1", true);
    leader.nodes =
        Map.of(
            "node1", new ClusterNode("node1", "h1:1", "1.0.0", NOW),
            "node2", new ClusterNode("node2", "h2:1", "1.1.0", NOW.minusSeconds(4)),
            "node3", new ClusterNode("node3", "h3:1", "0.9.0", NOW.minusSeconds(60)));
    assertEquals(List.of("version-mix", "node-unreachable"), codes());
    String document = document();
    assertTrue(document.contains("(1.0.0, 1.1.0)"), document);
    assertTrue(document.contains("node3 cannot be reached"), document);
    assertTrue(
        document.contains(
            "{\"id\":\"node3\",\"address\":\"h3:1\",\"http\":\"h3:1\",\"version\":\"0.9.0\",\"reachable\":false}"),
        document);
    leader.election =
        Optional.of(
            new ElectionStatus(
                7,
                Optional.empty(),
                List.of(new ElectionStatus.Peer("node2", "h2:9", false)),
                Optional.empty()));
    assertTrue(document().contains("node2 cannot be reached"), document());
  }

  @Test
  void the_list_is_bounded_and_so_is_each_text() {
    for (int i = 0; i < 50; i++) {
      files.add("x".repeat(5_000));
    }
    assertEquals(20, codes().size());
    assertEquals("no-leader", codes().getFirst());
    assertTrue(document().length() < 15_000);
  }

  @Test
  void a_question_that_is_not_answered_leaves_all_counts_out() {
    leader.ledBy("node1", true);
    String document =
        document(
            new Given(() -> {
              throw new StoreException.Unavailable("no answer", new IllegalStateException());
            }));
    assertTrue(document.contains("\"code\":\"redis-down\""), document);
    assertTrue(document.contains("\"answers\":false"), document);
    for (String field : List.of("tasks", "ready", "workers", "queues", "schedules")) {
      assertFalse(document.contains("\"" + field + "\":{"), document);
    }
  }

  @Test
  void all_members_are_those_that_the_document_names() throws Exception {
    leader.ledBy("node1", true);
    Map<?, ?> schemas =
        (Map<?, ?>) ((Map<?, ?>) ApiDocument.read().get("components")).get("schemas");
    Map<?, ?> known = (Map<?, ?>) ((Map<?, ?>) schemas.get("Overview")).get("properties");
    Map<String, Object> told =
        new com.fasterxml.jackson.databind.ObjectMapper().readValue(document(), HashMap.class);
    assertTrue(known.keySet().containsAll(told.keySet()), told.keySet().toString());
  }
}
