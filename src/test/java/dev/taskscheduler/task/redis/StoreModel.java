package dev.taskscheduler.task.redis;

import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.Cancellation;
import dev.taskscheduler.task.Durability;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.RetryResult;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.TaskOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// The store as plain Java: what each call must do, said once more and as simply as can be. Users'
/// calls are here, the leader's in [LeaderModel].
final class StoreModel {
  /// The hours until something is due, or is removed, that is over.
  static final long OVER = -1;

  enum Place {
    READY,
    SCHEDULED,
    RUNNING,
    DONE,
    KEPT,
    DEAD,
    EXPIRED,
    CANCELLED
  }

  record Run(String token, int attempt) {}

  record Hold(String id, boolean window) {}

  /// What a queue is set to.
  record Setting(int concurrency, int weight) {
    static final Setting NONE = new Setting(Integer.MAX_VALUE, 1);
  }

  final Map<String, ModelTask> tasks = new HashMap<>();
  final Map<String, Deque<String>> ready = new TreeMap<>(); // by list; the next one first
  final Map<String, Run> running = new TreeMap<>();
  final Map<String, Long> scheduled = new TreeMap<>(); // hours
  final Deque<String> done = new ArrayDeque<>(); // newest first
  final Map<String, Long> kept = new TreeMap<>(); // hours
  final TreeSet<String> dead = new TreeSet<>();
  final TreeSet<String> expired = new TreeSet<>();
  final TreeSet<String> cancelled = new TreeSet<>();
  final TreeSet<String> cancelling = new TreeSet<>();
  final Map<String, Integer> stale = new TreeMap<>();
  final TreeSet<String> paused = new TreeSet<>();
  final Map<String, Setting> settings = new TreeMap<>(); // of a queue
  final Map<String, String> idempotency = new TreeMap<>();
  final Map<String, Hold> unique = new TreeMap<>();
  final List<String> leaders = new ArrayList<>();

  /// Callbacks that stand in the model under their parent's name until Redis's name is seen.
  final Map<String, String> unnamed = new HashMap<>();

  final long maxPending;
  final int maxAttempts;

  StoreModel(long maxPending, int maxAttempts) {
    this.maxPending = maxPending;
    this.maxAttempts = maxAttempts;
  }

  Deque<String> queue(ModelTask task) {
    return ready.computeIfAbsent(task.list(), _ -> new ArrayDeque<>());
  }

  long pending() {
    return tasks.values().stream().filter(ModelTask::live).count();
  }

  SubmitResult submit(String id, NewTask asked) {
    if (!tasks.containsKey(id)) {
      var once = asked.terms().idempotency();
      String first = once.map(i -> idempotency.get(i.keyHash())).orElse(null);
      if (first != null) {
        String firstId = first.split(" ", 2)[0];
        if (!first.split(" ", 3)[1].equals(once.orElseThrow().fingerprint())) {
          return new SubmitResult.KeyReused(firstId);
        }
        return first.endsWith("~")
            ? new SubmitResult.Duplicate(firstId)
            : new SubmitResult.Replayed(firstId, Durability.MEMORY);
      }
      var window = asked.terms().uniqueWindow();
      String key =
          window
              .map(w -> w.keyHash())
              .or(() -> asked.options().get(TaskOption.UNIQUE_KEY))
              .orElse(null);
      if (key != null && holder(key, id) != null) {
        once.ifPresent(
            i -> idempotency.put(i.keyHash(), holder(key, id) + " " + i.fingerprint() + " ~"));
        return new SubmitResult.Duplicate(holder(key, id));
      }
      if (pending() >= maxPending) {
        return new SubmitResult.QueueFull(maxPending);
      }
      once.ifPresent(i -> idempotency.put(i.keyHash(), id + " " + i.fingerprint()));
      if (key != null) {
        unique.put(key, new Hold(id, window.isPresent()));
      }
      ModelTask task = new ModelTask(asked);
      tasks.put(id, task);
      if (task.delayHours > 0) {
        task.place = Place.SCHEDULED;
        scheduled.put(id, task.delayHours);
      } else {
        queue(task).addLast(id);
      }
    }
    return new SubmitResult.Accepted(id, Durability.MEMORY);
  }

  private String holder(String key, String id) {
    Hold hold = unique.get(key);
    if (hold == null || hold.id().equals(id)) {
      return null;
    }
    ModelTask other = tasks.get(hold.id());
    return hold.window() || other != null && other.live() ? hold.id() : null;
  }

  void free(String id, ModelTask task) {
    Hold hold = unique.get(task.uniqueKey);
    if (hold != null && hold.id().equals(id)) {
      unique.remove(task.uniqueKey);
    }
  }

  Cancellation cancel(String id) {
    ModelTask task = tasks.get(id);
    if (task == null) {
      return new Cancellation.Unknown();
    }
    Place was = task.place;
    switch (was) {
      case RUNNING -> {
        cancelling.add(id);
        return new Cancellation.Asked();
      }
      case DONE, KEPT -> {
        return new Cancellation.Ended("completed");
      }
      case DEAD, EXPIRED, CANCELLED -> {
        return new Cancellation.Ended(was.name().toLowerCase(java.util.Locale.ROOT));
      }
      case SCHEDULED -> scheduled.remove(id);
      case READY -> stale.merge(task.list(), 1, Integer::sum);
    }
    task.place = Place.CANCELLED;
    cancelled.add(id);
    free(id, task);
    return new Cancellation.Cancelled(
        was != Place.SCHEDULED
            ? StateName.READY
            : task.charged > 0 ? StateName.RETRYING : StateName.SCHEDULED);
  }

  List<RetryResult> revive(List<String> ids) {
    return ids.stream().map(this::revive).toList();
  }

  private RetryResult revive(String id) {
    ModelTask task = tasks.get(id);
    if (task == null) {
      return RetryResult.UNKNOWN;
    }
    return switch (task.place) {
      case READY, SCHEDULED, RUNNING -> RetryResult.PENDING;
      case DONE, KEPT -> RetryResult.COMPLETED;
      case CANCELLED -> RetryResult.CANCELLED;
      case DEAD, EXPIRED -> {
        if (pending() >= maxPending) {
          yield RetryResult.QUEUE_FULL;
        }
        if (!task.uniqueKey.isEmpty() && holder(task.uniqueKey, id) != null) {
          yield RetryResult.NOT_UNIQUE;
        }
        if (!task.uniqueKey.isEmpty()) {
          unique.put(task.uniqueKey, new Hold(id, false));
        }
        (task.place == Place.DEAD ? dead : expired).remove(id);
        task.revived();
        queue(task).addLast(id);
        yield RetryResult.RETRIED;
      }
    };
  }

  void pause(Pause what) {
    paused.add(what.wire());
  }

  void resume(Pause what) {
    paused.remove(what.wire());
  }

  Setting setting(String queue) {
    return settings.getOrDefault(queue, Setting.NONE);
  }

  /// How many tasks of a queue may start.
  int room(String queue) {
    long runs = running.keySet().stream().filter(id -> tasks.get(id).queue.equals(queue)).count();
    boolean isPaused = paused.contains("queue:" + queue);
    return isPaused ? 0 : (int) Math.max(0, setting(queue).concurrency() - runs);
  }

  /// The end of a task that ended badly.
  void bury(String id, ModelTask task, Place where, String error) {
    task.place = where;
    task.error = error;
    switch (where) {
      case DEAD -> dead.add(id);
      case EXPIRED -> expired.add(id);
      case CANCELLED -> cancelled.add(id);
      default -> throw new IllegalArgumentException("not an end: " + where);
    }
    free(id, task);
    if (where != Place.CANCELLED) {
      callBack(id, task, Callback.When.FAILURE);
    }
  }

  void callBack(String id, ModelTask task, Callback.When when) {
    if (task.callbackUrl.isEmpty()
        || task.callbackOn != when && task.callbackOn != Callback.When.BOTH) {
      return;
    }
    ModelTask child = ModelTask.callback(id, task);
    String name = "callback of " + id;
    tasks.put(name, child);
    queue(child).addLast(name);
    unnamed.put(id, name);
  }

  /// Gives a callback the id that Redis made for it.
  ///
  /// @return false if none is expected for this parent
  boolean named(String parent, String id) {
    String name = unnamed.remove(parent);
    if (name == null) {
      return false;
    }
    ModelTask child = tasks.remove(name);
    tasks.put(id, child);
    Deque<String> queue = queue(child);
    List<String> ids = queue.stream().map(other -> other.equals(name) ? id : other).toList();
    queue.clear();
    queue.addAll(ids);
    return true;
  }

  /// Each task that has not ended stands in one place, and in no other.
  void check() {
    Map<String, Integer> places = new HashMap<>();
    ready.values().forEach(queue -> queue.forEach(id -> places.merge(id, 1, Integer::sum)));
    running.keySet().forEach(id -> places.merge(id, 1, Integer::sum));
    scheduled.keySet().forEach(id -> places.merge(id, 1, Integer::sum));
    tasks.forEach((id, task) -> {
      if (task.live() && places.getOrDefault(id, 0) != 1) {
        throw new AssertionError(id + " stands in " + places.get(id) + " places");
      }
    });
    long ended =
        places.keySet().stream()
            .filter(id -> !tasks.containsKey(id) || !tasks.get(id).live())
            .count();
    int told = stale.values().stream().mapToInt(Integer::intValue).sum();
    if (ended != told) {
      throw new AssertionError(ended + " that have ended stand in lists, told are " + told);
    }
  }

  /// All keys that Redis must hold but the lease, in the form of [StorePicture].
  Map<String, String> picture() {
    Map<String, String> all = new TreeMap<>();
    ready.forEach((list, queue) -> put(all, "ready:" + list, queue));
    Map<String, String> runs = new TreeMap<>();
    running.forEach((id, run) -> runs.put(id, run.token() + " " + run.attempt()));
    put(all, "running", runs.entrySet());
    put(all, "scheduled", scheduled.entrySet());
    put(all, "done", done);
    put(all, "retained", kept.entrySet());
    put(all, "dead", dead);
    put(all, "expired", expired);
    put(all, "cancelled", cancelled);
    put(all, "cancelling", cancelling);
    put(all, "stale", stale.entrySet());
    put(all, "paused", paused);
    TreeSet<String> set = new TreeSet<>(settings.keySet());
    paused.stream()
        .filter(what -> what.startsWith("queue:"))
        .forEach(what -> set.add(what.substring("queue:".length())));
    put(all, "settings", set);
    put(all, "leaders", leaders);
    idempotency.forEach((key, value) -> all.put("idempotency:" + key, value + " for a time"));
    unique.forEach(
        (key, hold) -> all.put("unique:" + key, hold.id() + (hold.window() ? " for a time" : "")));
    tasks.forEach((id, task) -> {
      all.put("task:" + id, task.record());
      put(all, "attempts:" + id, task.trail);
    });
    return all;
  }

  private static void put(Map<String, String> all, String key, java.util.Collection<?> values) {
    if (!values.isEmpty()) { // else there is no such key
      all.put(key, List.copyOf(values).toString());
    }
  }
}
