package dev.taskscheduler.handlers;

import dev.taskscheduler.queue.QueuePage;
import dev.taskscheduler.queue.QueuePause;
import dev.taskscheduler.queue.QueueSettings;
import dev.taskscheduler.queue.QueueSort;
import dev.taskscheduler.queue.QueueSource;
import dev.taskscheduler.queue.QueueView;
import dev.taskscheduler.queue.Queues;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.QueueBlock;
import dev.taskscheduler.task.QueueName;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.Task;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Keeps settings and pauses of queues in memory, beside the tasks of a [MemoryStore].
final class MemoryQueues implements Queues {
  static final Instant PAUSED_AT = Instant.parse("2026-11-23T08:55:02Z");

  final Map<String, QueueSource> sources = new ConcurrentHashMap<>();

  /// Given as they are.
  final Map<String, QueueBlock> blocked = new ConcurrentHashMap<>();

  /// What the next changes become.
  volatile Change change = Change.DONE;

  /// What the last listing asked for.
  volatile String asked = "";

  private final MemoryStore store;

  MemoryQueues(MemoryStore store) {
    this.store = store;
  }

  private QueueSource source(String name) {
    return sources.getOrDefault(name, new QueueSource(name, QueueSettings.NONE, Optional.empty()));
  }

  private Change set(String name, QueueSettings settings, Optional<QueuePause> pause) {
    return store.answer(() -> {
      if (change == Change.DONE) {
        sources.put(name, new QueueSource(name, settings, pause));
      }
      return change;
    });
  }

  @Override
  public Change put(String name, QueueSettings settings) {
    return set(name, settings, source(name).pause());
  }

  @Override
  public Change delete(String name) {
    return store.answer(() -> sources.remove(name) == null ? Change.UNKNOWN : Change.DONE);
  }

  @Override
  public Change pause(String name, String note) {
    return set(name, source(name).settings(), Optional.of(new QueuePause.Paused(PAUSED_AT, note)));
  }

  @Override
  public Change resume(String name) {
    boolean wider =
        wider(name)
            .anyMatch(s -> s.pause().filter(QueuePause.Paused.class::isInstance).isPresent());
    QueueSource now = source(name);
    if (now.pause().isEmpty() && !wider) {
      return Change.UNKNOWN;
    }
    Change done =
        set(name, now.settings(), wider ? Optional.of(new QueuePause.Resumed()) : Optional.empty());
    if (!wider && now.settings().equals(QueueSettings.NONE)) {
      sources.remove(name);
    }
    return done;
  }

  /// The patterns that a name matches, the longest first.
  private Stream<QueueSource> wider(String name) {
    return patternsNow().stream()
        .filter(pattern -> !pattern.name().equals(name))
        .filter(
            pattern -> name.startsWith(pattern.name().substring(0, pattern.name().length() - 1)));
  }

  @Override
  public QueueView show(String name) {
    return store.answer(() -> {
      Map<Priority, Long> ready = new HashMap<>();
      List<Task> tasks =
          store.tasks.values().stream().filter(task -> task.queue().equals(name)).toList();
      tasks.stream()
          .filter(task -> task.state().named() == StateName.READY)
          .forEach(task -> ready.merge(task.priority(), 1L, Long::sum));
      return new QueueView(
          name,
          ready,
          tasks.stream().filter(task -> task.state().named() == StateName.RUNNING).count(),
          tasks.stream().map(Task::submittedAt).min(Comparator.naturalOrder()),
          Optional.ofNullable(blocked.get(name)),
          Stream.concat(Optional.ofNullable(sources.get(name)).stream(), wider(name)).toList());
    });
  }

  /// By name, whatever the sort; its only cursor is `more`, which it gives where the limit is 1.
  @Override
  public Optional<QueuePage> list(QueueSort sort, String cursor, int limit) {
    return store.answer(() -> {
      asked = sort + " " + limit + " " + cursor;
      List<QueueView> queues =
          Stream.concat(
                  sources.keySet().stream().filter(QueueName::isName),
                  store.tasks.values().stream().map(Task::queue))
              .distinct()
              .sorted()
              .map(this::show)
              .toList();
      return cursor.isEmpty() || cursor.equals("more")
          ? Optional.of(
              new QueuePage(
                  queues,
                  limit == 1 ? Optional.of("more") : Optional.empty(),
                  sort != QueueSort.NAME))
          : Optional.empty();
    });
  }

  private List<QueueSource> patternsNow() {
    return sources.values().stream()
        .filter(source -> QueueName.isPattern(source.name()))
        .sorted(
            Comparator.comparing((QueueSource source) -> -source.name().length())
                .thenComparing(QueueSource::name))
        .toList();
  }

  @Override
  public List<QueueSource> patterns() {
    return store.answer(this::patternsNow);
  }
}
