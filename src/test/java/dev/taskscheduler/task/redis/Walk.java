package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskFilter;
import dev.taskscheduler.task.TaskPage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/// A client that follows `next` from the first page to the last.
final class Walk {
  private static final int MOST_PAGES = 5_000;

  final List<Task> tasks = new ArrayList<>();
  int pages;

  /// @param between called after each page with how many there were; others move tasks then
  static Walk over(StoreOnRedis store, TaskFilter filter, IntConsumer between) {
    Walk walk = new Walk();
    String cursor = "";
    do {
      TaskPage page = store.queries.list(filter, cursor).orElseThrow();
      assertTrue(page.tasks().size() <= filter.limit(), "a page holds " + page.tasks().size());
      walk.tasks.addAll(page.tasks());
      walk.pages++;
      assertTrue(walk.pages < MOST_PAGES, "a walk that does not end");
      between.accept(walk.pages);
      cursor = page.next().orElse("");
    } while (!cursor.isEmpty());
    return walk;
  }

  static Walk over(StoreOnRedis store, TaskFilter filter) {
    return over(store, filter, page -> {});
  }

  List<String> ids() {
    return tasks.stream().map(Task::id).toList();
  }

  /// Id -> how often it was listed.
  Map<String, Integer> times() {
    Map<String, Integer> times = new HashMap<>();
    ids().forEach(id -> times.merge(id, 1, Integer::sum));
    return times;
  }

  static TaskFilter all(int limit) {
    return new TaskFilter(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        limit);
  }

  static TaskFilter of(StateName state, int limit) {
    return new TaskFilter(
        Optional.of(state),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        limit);
  }

  static TaskFilter of(StateName state, Priority priority, int limit) {
    return new TaskFilter(
        Optional.of(state),
        Optional.of(priority),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        limit);
  }

  static TaskFilter of(StateName state, String type, int limit) {
    return new TaskFilter(
        Optional.of(state),
        Optional.empty(),
        Optional.of(type),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        limit);
  }

  static TaskFilter submitted(StateName state, Instant since, Instant before, int limit) {
    return new TaskFilter(
        Optional.of(state),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(since),
        Optional.of(before),
        limit);
  }

  static TaskFilter in(StateName state, String queue, int limit) {
    return new TaskFilter(
        Optional.of(state),
        Optional.empty(),
        Optional.empty(),
        Optional.of(queue),
        Optional.empty(),
        Optional.empty(),
        limit);
  }
}
