package dev.taskscheduler.task.redis;

import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Priority;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// The store as plain Java: what each call must do, said once more and as simply as can be.
final class StoreModel {
  enum Place {
    READY,
    SCHEDULED,
    RUNNING,
    DONE,
    DEAD
  }

  /// One task as the model sees it.
  static final class Life {
    final Priority priority;
    Place place = Place.READY;
    int starts;
    int charged;
    String error = "";

    Life(Priority priority) {
      this.priority = priority;
    }

    boolean live() {
      return place != Place.DONE && place != Place.DEAD;
    }
  }

  record Run(String token, int attempt) {}

  final Map<String, Life> lives = new HashMap<>();
  final Map<Priority, Deque<String>> ready = new EnumMap<>(Priority.class); // the next one first
  final Map<String, Run> running = new TreeMap<>();
  final TreeSet<String> scheduled = new TreeSet<>();
  final Deque<String> done = new ArrayDeque<>(); // newest first
  final TreeSet<String> dead = new TreeSet<>();
  private final long maxPending;
  private final int maxAttempts;

  StoreModel(long maxPending, int maxAttempts) {
    this.maxPending = maxPending;
    this.maxAttempts = maxAttempts;
    for (Priority priority : Priority.values()) {
      ready.put(priority, new ArrayDeque<>());
    }
  }

  private Deque<String> queue(Life life) {
    return ready.get(life.priority);
  }

  long pending() {
    return ready.values().stream().mapToInt(Collection::size).sum()
        + scheduled.size()
        + running.size();
  }

  /// @return whether it is kept
  boolean submit(String id, Priority priority, boolean delayed) {
    if (lives.containsKey(id)) {
      return true;
    }
    if (pending() >= maxPending) {
      return false;
    }
    Life life = new Life(priority);
    lives.put(id, life);
    if (delayed) {
      life.place = Place.SCHEDULED;
      scheduled.add(id);
    } else {
      queue(life).addLast(id);
    }
    return true;
  }

  /// @return `id#attempt` of each that is claimed, in order
  List<String> claim(String token, int limit) {
    List<String> claimed = new ArrayList<>();
    for (Priority priority : Priority.values()) {
      Deque<String> queue = ready.get(priority);
      while (!queue.isEmpty() && claimed.size() < limit) {
        String id = queue.removeFirst();
        Life life = lives.get(id);
        life.place = Place.RUNNING;
        running.put(id, new Run(token, life.starts + 1));
        claimed.add(id + "#" + (life.starts + 1));
      }
    }
    return claimed;
  }

  private boolean runs(String token, Claim claim) {
    return new Run(token, claim.attempt()).equals(running.get(claim.id()));
  }

  AttemptEnd end(String token, Claim claim, boolean success) {
    Life life = lives.get(claim.id());
    if (!runs(token, claim)) {
      return life != null && !life.live() && life.starts == claim.attempt()
          ? AttemptEnd.BEFORE
          : AttemptEnd.REFUSED;
    }
    running.remove(claim.id());
    life.starts = claim.attempt();
    if (success) {
      life.place = Place.DONE;
      done.addFirst(claim.id());
      return AttemptEnd.COMPLETED;
    }
    life.charged++;
    bury(claim.id(), life, "failed");
    return AttemptEnd.DEAD;
  }

  private void bury(String id, Life life, String error) {
    life.place = Place.DEAD;
    life.error = error;
    dead.add(id);
  }

  boolean requeue(String token, Claim claim, boolean delayed) {
    Life life = lives.get(claim.id());
    if (!runs(token, claim)) {
      return life != null && life.live() && life.starts == claim.attempt();
    }
    running.remove(claim.id());
    life.starts = claim.attempt();
    if (delayed) {
      life.place = Place.SCHEDULED;
      scheduled.add(claim.id());
    } else {
      life.place = Place.READY;
      queue(life).addFirst(claim.id());
    }
    return true;
  }

  /// @return how many will run again, and how many are dead
  int[] recover(String token) {
    int[] counts = {0, 0};
    List<String> foreign =
        running.entrySet().stream()
            .filter(e -> !e.getValue().token().equals(token))
            .map(Map.Entry::getKey)
            .toList()
            .reversed(); // youngest first
    for (String id : foreign) {
      Life life = lives.get(id);
      life.starts = running.remove(id).attempt();
      life.charged++;
      if (life.charged >= maxAttempts) {
        bury(id, life, "its leader was lost while it ran");
        counts[1]++;
        continue;
      }
      counts[0]++;
      if (life.charged == 1) {
        life.place = Place.READY;
        queue(life).addFirst(id);
      } else {
        life.place = Place.SCHEDULED;
        scheduled.add(id);
      }
    }
    return counts;
  }

  /// @param due in the order of their due times
  void promote(List<String> due) {
    for (String id : due) {
      Life life = lives.get(id);
      scheduled.remove(id);
      life.place = Place.READY;
      queue(life).addLast(id);
    }
  }

  /// @param deadByEnd all dead ones, the oldest end first
  int trim(int limit, long maxFinished, long maxDead, List<String> deadByEnd) {
    int removed = 0;
    while (removed < limit && done.size() > maxFinished) {
      lives.remove(done.removeLast());
      removed++;
    }
    for (String id : deadByEnd) {
      if (removed == limit || dead.size() <= maxDead) {
        break;
      }
      dead.remove(id);
      lives.remove(id);
      removed++;
    }
    return removed;
  }

  /// What Redis must hold, in the form in which [StoreModelIT] reads it.
  Map<String, Object> indexes() {
    Map<String, Object> indexes = new TreeMap<>();
    ready.forEach((priority, queue) -> indexes.put(priority.wire(), List.copyOf(queue)));
    indexes.put("running", Map.copyOf(running));
    indexes.put("scheduled", new TreeSet<>(scheduled));
    indexes.put("done", List.copyOf(done));
    indexes.put("dead", new TreeSet<>(dead));
    Map<String, String> records = new TreeMap<>();
    lives.forEach((id, life) ->
        records.put(
            id,
            (life.live() ? "w" : life.place == Place.DONE ? "c" : "d")
                + " %06x %04x ".formatted(life.starts, life.charged)
                + life.priority.wire().charAt(0)
                + (life.place == Place.DEAD ? " " + life.error : "")));
    indexes.put("records", records);
    return indexes;
  }
}
