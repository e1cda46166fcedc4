package dev.taskscheduler.handlers.overview;

import static dev.taskscheduler.handlers.overview.Problem.Level.ERROR;
import static dev.taskscheduler.handlers.overview.Problem.Level.WARNING;

import dev.taskscheduler.cluster.ClusterNode;
import dev.taskscheduler.handlers.cluster.LeaderView;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.leader.ElectionStatus;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.Situation;
import dev.taskscheduler.task.StoreHealth;
import dev.taskscheduler.task.TaskCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Finds what is wrong, and says what to do: for somebody who sees nothing else.
final class Problems {
  private static final int MOST = 20;

  /// A text may name addresses and quote errors.
  private static final int LONGEST = 500;

  /// As the alert SchedulerTasksStarve has it.
  private static final Duration LONG_WAIT = Duration.ofMinutes(10);

  private final Overview.Sources sources;
  private final StoreHealth store;
  private final Optional<Situation> situation;
  private final List<Problem> found = new ArrayList<>();

  /// @param situation empty while Redis does not answer
  Problems(Overview.Sources sources, StoreHealth store, Optional<Situation> situation) {
    this.sources = sources;
    this.store = store;
    this.situation = situation;
  }

  /// The most serious first, and no more than a page holds.
  List<Problem> all() {
    store();
    leadership();
    situation.ifPresent(now -> {
      waiting(now);
      paused(now);
      queues(now);
      schedules(now);
      dead(now);
    });
    nodes();
    files();
    found.sort(Comparator.comparing(Problem::level)); // stable
    return List.copyOf(found.subList(0, Math.min(found.size(), MOST)));
  }

  private void add(Problem.Level level, String code, String text) {
    found.add(
        new Problem(
            level, code, text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text));
  }

  private void store() {
    if (!store.available()) {
      add(
          ERROR,
          "redis-down",
          "Redis does not answer this node, so nothing is accepted and nothing starts: "
              + store.problem().orElse("see the log of Redis")
              + ".");
    } else if (store.problem().isPresent()) {
      add(ERROR, "redis-unsafe", "Redis cannot be relied on: " + store.problem().get() + ".");
    }
    if (store.persistence().filter(Set.of("none", "no-aof")::contains).isPresent()) {
      add(
          WARNING,
          "redis-not-durable",
          "Redis keeps nothing on disk, so accepted tasks are lost when it stops: set appendonly"
              + " yes.");
    }
    if (store.damaged() > 0) {
      add(
          WARNING,
          "damaged",
          "%s entries in Redis could not be read and were set aside: see docs/operations.md for what to do."
              .formatted(store.damaged()));
    }
  }

  private void leadership() {
    LeaderView view = sources.leader();
    Optional<String> problem = view.problem();
    if (view.leader().isEmpty()) {
      add(
          ERROR,
          "no-leader",
          "No node leads, so tasks are accepted and none starts: "
              + problem.orElse("wait a moment, or start a node that may lead")
              + ".");
    } else {
      problem.ifPresent(text -> add(WARNING, "cannot-lead", "This node may not lead: " + text));
    }
  }

  private void waiting(Situation now) {
    Map<Pause, ?> paused = now.tasks().paused();
    TaskCounts counts = now.tasks().counts();
    for (Priority priority : Priority.values()) {
      Duration waited = counts.waited().getOrDefault(priority, Duration.ZERO);
      if (waited.compareTo(LONG_WAIT) > 0
          && !paused.containsKey(new Pause.All())
          && !paused.containsKey(new Pause.OfPriority(priority))) {
        add(
            WARNING,
            "backlog",
            ("%s tasks of priority %s are ready, and the first has waited for %s: raise"
                    + " WORKER_COUNT, or ask GET /tasks/{id}/explain of one of them.")
                .formatted(
                    counts.ready().getOrDefault(priority, 0L),
                    priority.wire(),
                    waited.toMinutes() + " minutes"));
      }
    }
  }

  private void paused(Situation now) {
    Set<Pause> paused = now.tasks().paused().keySet();
    if (paused.contains(new Pause.All())) {
      add(WARNING, "paused", "All tasks are paused: POST /resume lets them start.");
    }
    for (Priority priority : Priority.values()) {
      if (paused.contains(new Pause.OfPriority(priority))) {
        add(
            WARNING,
            "paused",
            "Tasks of priority %s are paused: POST /resume?priority=%s lets them start."
                .formatted(priority.wire(), priority.wire()));
      }
    }
    List<String> queues =
        paused.stream()
            .flatMap(pause ->
                pause instanceof Pause.OfQueue(String name) ? Stream.of(name) : Stream.of())
            .sorted()
            .toList();
    if (!queues.isEmpty()) {
      add(
          WARNING,
          "paused",
          "%s paused: POST /queues/%s/resume lets its tasks start."
              .formatted(
                  several(queues.size(), "queue", "queues", queues.getFirst()), queues.getFirst()));
    }
  }

  /// Such as `The queue mails is` or `3 queues (mails first) are`.
  private static String several(long count, String one, String many, String first) {
    return count == 1
        ? "The %s %s is".formatted(one, first)
        : "%s %s (%s first) are".formatted(count, many, first);
  }

  private void queues(Situation now) {
    if (now.closed().count() > 0) {
      add(
          WARNING,
          "queue-closed",
          "%s closed since a target asked to be left alone, until %s: nothing is to be done."
              .formatted(
                  several(now.closed().count(), "queue", "queues", now.closed().first().orElse("")),
                  now.closed().time().map(JsonText::time).orElse("it opens")));
    }
  }

  private void schedules(Situation now) {
    if (now.overdue().count() > 0) {
      add(
          WARNING,
          "schedule-overdue",
          "%s overdue since %s: GET /schedules?state=faulty names those that cannot fire, else see the leader's log."
              .formatted(
                  several(
                      now.overdue().count(),
                      "schedule",
                      "schedules",
                      now.overdue().first().orElse("")),
                  now.overdue().time().map(JsonText::time).orElse("a minute or longer")));
    }
  }

  private void dead(Situation now) {
    long dead = now.tasks().counts().dead();
    if (dead > 0) {
      add(
          WARNING,
          "dead-tasks",
          "%s tasks are dead: GET /tasks?state=dead shows why; retry them, or delete them."
              .formatted(dead));
    }
  }

  private void nodes() {
    List<ClusterNode> nodes = sources.leader().nodes();
    Set<String> versions = new TreeSet<>();
    nodes.stream()
        .filter(node -> node.isRecent(nodes))
        .forEach(node -> versions.add(node.version()));
    if (versions.size() > 1) {
      add(
          WARNING,
          "version-mix",
          "The nodes run different versions (%s): finish the upgrade."
              .formatted(String.join(", ", versions)));
    }
    Set<String> silent = new TreeSet<>();
    sources
        .leader()
        .election()
        .ifPresentOrElse(
            group ->
                group.peers().stream()
                    .filter(peer -> !peer.reachable())
                    .map(ElectionStatus.Peer::id)
                    .forEach(silent::add),
            () ->
                nodes.stream()
                    .filter(node -> !node.isRecent(nodes))
                    .map(ClusterNode::id)
                    .forEach(silent::add));
    if (!silent.isEmpty()) {
      add(
          WARNING,
          "node-unreachable",
          "%s cannot be reached from this node: start it, or check the network."
              .formatted(String.join(", ", silent)));
    }
  }

  private void files() {
    sources
        .fileProblems()
        .get()
        .forEach(text ->
            add(WARNING, "file", "A file that changed is not valid and is not used: " + text));
  }
}
