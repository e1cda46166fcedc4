package dev.taskscheduler.handlers;

import dev.taskscheduler.task.ActivityCounts;
import dev.taskscheduler.task.Cancellation;
import dev.taskscheduler.task.ClusterQueries;
import dev.taskscheduler.task.DeleteResult;
import dev.taskscheduler.task.Durability;
import dev.taskscheduler.task.Explanation;
import dev.taskscheduler.task.History;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.PastLeader;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Pauses;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.RetryResult;
import dev.taskscheduler.task.RunResult;
import dev.taskscheduler.task.Situation;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.StoreHealth;
import dev.taskscheduler.task.StoreServers;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskCommands;
import dev.taskscheduler.task.TaskCounts;
import dev.taskscheduler.task.TaskDetails;
import dev.taskscheduler.task.TaskFilter;
import dev.taskscheduler.task.TaskIntake;
import dev.taskscheduler.task.TaskOverview;
import dev.taskscheduler.task.TaskPage;
import dev.taskscheduler.task.TaskPorts;
import dev.taskscheduler.task.TaskQueries;
import dev.taskscheduler.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keeps tasks in memory, and can be told to fail in each way in which Redis can.
final class MemoryStore implements TaskIntake, TaskCommands, Pauses, TaskQueries, ClusterQueries {
  static final StoreHealth WELL =
      new StoreHealth(
          true,
          Optional.empty(),
          Optional.of("7.0.15"),
          Optional.of("aof-everysec"),
          Optional.of("noeviction"),
          1,
          new StoreServers(
              "sentinel",
              Optional.of("10.0.0.1:6379"),
              List.of(new StoreServers.Replica("10.0.0.2:6379", true, Duration.ofSeconds(1), 5))),
          0);
  static final StoreHealth AWAY =
      new StoreHealth(
          false,
          Optional.of("Redis does not answer"),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          0,
          StoreServers.UNKNOWN,
          0);

  private static final Instant NOW = Instant.parse("2026-11-23T08:55:00.717Z");

  enum Mood {
    WELL,
    FULL_QUEUE,
    REFUSES,
    UNAVAILABLE,
    SILENT,
    DEFECT
  }

  final Map<String, Task> tasks = new ConcurrentHashMap<>();
  final Map<String, NewTask> submitted = new ConcurrentHashMap<>();
  final Map<Pause, Instant> paused = new ConcurrentHashMap<>();
  final Map<String, TaskDetails> details = new ConcurrentHashMap<>();
  final Map<String, Explanation> explained = new ConcurrentHashMap<>();
  final MemoryQueues queues = new MemoryQueues(this);
  final MemorySchedules schedules = new MemorySchedules();

  /// The filter of the last listing.
  volatile Optional<TaskFilter> asked = Optional.empty();

  /// How often it was asked for what stands in it.
  final AtomicInteger situations = new AtomicInteger();

  volatile Mood mood = Mood.WELL;

  TaskPorts ports() {
    return new TaskPorts(this, this, this, this, () -> mood == Mood.UNAVAILABLE ? AWAY : WELL);
  }

  @Override
  public CompletableFuture<SubmitResult> submit(String id, NewTask task) {
    return later(() -> {
      if (mood == Mood.FULL_QUEUE) {
        return new SubmitResult.QueueFull(1_000_000);
      }
      submitted.put(id, task);
      put(id, task, 0, new TaskState.Ready());
      return new SubmitResult.Accepted(id, Durability.MEMORY);
    });
  }

  @Override
  public CompletableFuture<SubmitResult> submit(String id, NewTask task, int stream) {
    return submit(id, task);
  }

  void put(String id, NewTask task, int attempts, TaskState state) {
    tasks.put(
        id,
        new Task(id, task.priority(), task.type(), task.options().queue(), NOW, attempts, state));
  }

  @Override
  public Optional<Task> find(String id) {
    return answer(() -> Optional.ofNullable(tasks.get(id)));
  }

  @Override
  public Map<String, Task> find(Set<String> ids) {
    return answer(() -> {
      Map<String, Task> found = new HashMap<>(tasks);
      found.keySet().retainAll(ids);
      return found;
    });
  }

  @Override
  public TaskCounts counts() {
    return answer(() -> new TaskCounts(Map.of(), Map.of(), 0, 0, 0, 0, 0, 0));
  }

  @Override
  public Cancellation cancel(String id) {
    return answer(() -> {
      Task task = tasks.get(id);
      if (task == null) {
        return new Cancellation.Unknown();
      }
      StateName was = task.state().named();
      return switch (was) {
        case RUNNING -> new Cancellation.Asked();
        case COMPLETED, DEAD, EXPIRED, CANCELLED -> new Cancellation.Ended(was.wire());
        case SCHEDULED, RETRYING, READY -> {
          move(task, new TaskState.Cancelled(Optional.empty(), NOW));
          yield new Cancellation.Cancelled(was);
        }
      };
    });
  }

  @Override
  public RunResult run(String id) {
    return answer(() -> {
      Task task = tasks.get(id);
      if (task == null) {
        return RunResult.UNKNOWN;
      }
      return switch (task.state().named()) {
        case SCHEDULED, RETRYING -> {
          move(task, new TaskState.Ready());
          yield RunResult.MOVED;
        }
        case READY -> RunResult.READY;
        case RUNNING -> RunResult.RUNNING;
        case COMPLETED, DEAD, EXPIRED, CANCELLED -> RunResult.ENDED;
      };
    });
  }

  @Override
  public List<RetryResult> retry(List<String> ids) {
    return answer(() -> ids.stream().map(id -> retried(tasks.get(id))).toList());
  }

  @Override
  public List<DeleteResult> delete(List<String> ids) {
    return answer(() -> ids.stream().map(id -> deleted(tasks.get(id))).toList());
  }

  private DeleteResult deleted(@Nullable Task task) {
    if (task == null) {
      return DeleteResult.UNKNOWN;
    }
    return switch (task.state().named()) {
      case SCHEDULED, RETRYING, READY, RUNNING -> DeleteResult.PENDING;
      case COMPLETED -> DeleteResult.COMPLETED;
      case CANCELLED, DEAD, EXPIRED -> {
        tasks.remove(task.id());
        yield DeleteResult.DELETED;
      }
    };
  }

  private RetryResult retried(@Nullable Task task) {
    if (task == null) {
      return RetryResult.UNKNOWN;
    }
    return switch (task.state().named()) {
      case SCHEDULED, RETRYING, READY, RUNNING -> RetryResult.PENDING;
      case COMPLETED -> RetryResult.COMPLETED;
      case CANCELLED -> RetryResult.CANCELLED;
      case DEAD, EXPIRED -> {
        move(task, new TaskState.Ready());
        yield RetryResult.RETRIED;
      }
    };
  }

  private void move(Task task, TaskState state) {
    Task moved =
        new Task(
            task.id(),
            task.priority(),
            task.type(),
            task.queue(),
            task.submittedAt(),
            task.attempts(),
            state);
    tasks.put(task.id(), moved);
  }

  @Override
  public void pause(Pause what) {
    answer(() -> paused.put(what, NOW));
  }

  @Override
  public void resume(Pause what) {
    paused.remove(what);
  }

  @Override
  public Map<Pause, Instant> paused() {
    return answer(() -> Map.copyOf(paused));
  }

  @Override
  public Optional<TaskDetails> details(String id) {
    return answer(() -> Optional.ofNullable(details.get(id)));
  }

  /// All of them on one page, or a page of those of one queue and state if the filter names a
  /// queue; its only cursor is `more`, which it also gives where the limit is 1.
  @Override
  public Optional<TaskPage> list(TaskFilter filter, String cursor) {
    return answer(() -> {
      asked = Optional.of(filter);
      List<Task> fitting = tasks.values().stream().filter(task -> fits(task, filter)).toList();
      boolean cut = filter.queue().isPresent() && fitting.size() > filter.limit();
      return cursor.isEmpty() || cursor.equals("more")
          ? Optional.of(
              new TaskPage(
                  cut ? fitting.subList(0, filter.limit()) : fitting,
                  cut || filter.limit() == 1 ? Optional.of("more") : Optional.empty()))
          : Optional.empty();
    });
  }

  private static boolean fits(Task task, TaskFilter filter) {
    return filter.queue().isEmpty()
        || filter.states().isEmpty()
        || (filter.queue().get().equals(task.queue())
            && filter.states().contains(task.state().named()));
  }

  @Override
  public Optional<Explanation> explain(String id) {
    return answer(() -> Optional.ofNullable(explained.get(id)));
  }

  @Override
  public TaskOverview overview() {
    return answer(() ->
        new TaskOverview(
            new TaskCounts(Map.of(Priority.HIGH, 3L), Map.of(), 1, 2, 4, 5, 6, 7),
            Map.of(Priority.HIGH, NOW),
            Optional.of(Instant.parse("2026-11-23T08:56:00Z")),
            paused));
  }

  @Override
  public Situation situation() {
    situations.incrementAndGet();
    return new Situation(
        NOW,
        overview(),
        Situation.Some.NONE,
        0,
        Situation.Some.NONE,
        new ActivityCounts(60, 0, 30, 1));
  }

  @Override
  public History history(History.Window window) {
    return answer(() -> new History(Duration.ofSeconds(10), NOW, List.of(ActivityCounts.NONE)));
  }

  @Override
  public List<PastLeader> leaders(int limit) {
    return answer(List::of);
  }

  <T> T answer(Supplier<T> well) {
    return StoreException.await(later(well));
  }

  private <T> CompletableFuture<T> later(Supplier<T> well) {
    return switch (mood) {
      case WELL, FULL_QUEUE -> CompletableFuture.completedFuture(well.get());
      case REFUSES ->
          CompletableFuture.failedFuture(
              new StoreException.Refused("Redis is full", new IllegalStateException()));
      case UNAVAILABLE ->
          CompletableFuture.failedFuture(
              new StoreException.Unavailable("no answer in time", new IllegalStateException()));
      case SILENT -> new CompletableFuture<>();
      case DEFECT -> CompletableFuture.failedFuture(new IllegalStateException("secret inside"));
    };
  }
}
