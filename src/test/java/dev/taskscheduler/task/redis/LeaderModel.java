package dev.taskscheduler.task.redis;

import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.PriorityShares;
import dev.taskscheduler.task.redis.StoreModel.Place;
import dev.taskscheduler.task.redis.StoreModel.Run;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a leader's calls must do to a [StoreModel].
final class LeaderModel {
  private static final long DELAYED = 2; // hours, by which all that is put off in this test is
  private final StoreModel model;
  private final String token;

  LeaderModel(StoreModel model, String token) {
    this.model = model;
    this.token = token;
  }

  /// @param claims `id#attempt` of each that is claimed, in order
  record Claimed(List<String> claims, int expired) {}

  /// A queue that has its turns.
  static final class Turn {
    final String queue;
    double time;

    Turn(String queue, double time) {
      this.queue = queue;
      this.time = time;
    }
  }

  /// @param turns of each priority, in Redis's order
  Claimed claim(int limit, PriorityShares order, Map<Priority, List<Turn>> turns) {
    Claiming claiming = new Claiming(limit, turns);
    if (order.ageing().isZero()) {
      int[] shares = {order.high(), order.medium(), order.low()};
      for (Priority priority : Priority.values()) {
        claiming.take(priority, shares[priority.ordinal()]);
      }
      for (Priority priority : Priority.values()) {
        claiming.take(priority, limit);
      }
    } else {
      while (claiming.left() > 0 && claiming.mostAged() instanceof Priority next) {
        claiming.serve(next, 1, true);
      }
    }
    claiming.expired.forEach(id ->
        model.bury(id, model.tasks.get(id), Place.EXPIRED, "it could not start before expiresAt"));
    return new Claimed(claiming.claims, claiming.expired.size());
  }

  private final class Claiming {
    final List<String> claims = new ArrayList<>();
    final List<String> expired = new ArrayList<>();
    private final int limit;
    private final Map<Priority, List<Turn>> turns;
    private final Map<String, Integer> room = new HashMap<>();

    Claiming(int limit, Map<Priority, List<Turn>> turns) {
      this.limit = limit;
      this.turns = turns;
    }

    int left() {
      return limit - claims.size();
    }

    private boolean open(Priority priority) {
      return !turns.get(priority).isEmpty()
          && !model.paused.contains("all")
          && !model.paused.contains("priority:" + priority.wire());
    }

    /// The queue whose turn it is.
    private Turn next(Priority priority) {
      return Collections.min(turns.get(priority), Comparator.comparing(turn -> turn.time));
    }

    private Deque<String> list(Priority priority, Turn turn) {
      return model.ready.get(priority.wire() + ":" + turn.queue);
    }

    void take(Priority priority, int most) {
      int until = claims.size() + Math.min(most, left());
      while (claims.size() < until && open(priority)) {
        serve(priority, turns.get(priority).size() == 1 ? until - claims.size() : 1, false);
      }
    }

    /// @param once whether to look at one task only, whatever comes of it
    void serve(Priority priority, int most, boolean once) {
      Turn turn = next(priority);
      Deque<String> list = list(priority, turn);
      int before = claims.size();
      int may = Math.min(most, room.computeIfAbsent(turn.queue, model::room));
      boolean looks = may > 0;
      while (looks) {
        lookAt(list.removeFirst(), priority.wire() + ":" + turn.queue);
        looks = !once && claims.size() < before + may && !list.isEmpty();
      }
      int served = claims.size() - before;
      turn.time += (double) served / model.setting(turn.queue).weight();
      if (room.merge(turn.queue, -served, Integer::sum) < 1 || list.isEmpty()) {
        turns.get(priority).remove(turn);
      }
    }

    private void lookAt(String id, String list) {
      ModelTask task = model.tasks.get(id);
      if (task == null || !task.live()) {
        model.stale.computeIfPresent(list, (_, count) -> count == 1 ? null : count - 1);
      } else if (task.overBefore) {
        expired.add(id);
      } else {
        task.place = Place.RUNNING;
        model.running.put(id, new Run(token, task.starts + 1));
        claims.add(id + "#" + (task.starts + 1));
      }
    }

    private Priority mostAged() {
      Priority best = null;
      for (Priority priority : Priority.values()) {
        if (open(priority)
            && (best == null
                || rank(priority) < rank(best)
                || rank(priority) == rank(best) && since(priority) < since(best))) {
          best = priority;
        }
      }
      return best;
    }

    private ModelTask front(Priority priority) {
      return model.tasks.get(list(priority, next(priority)).getFirst());
    }

    private int rank(Priority priority) {
      ModelTask next = front(priority);
      return priority.ordinal() - (next == null ? 1_000_000 : next.ageHours);
    }

    private long since(Priority priority) {
      ModelTask next = front(priority);
      return next == null ? 0 : next.submittedUs;
    }
  }

  private boolean runs(Claim claim) {
    return new Run(token, claim.attempt()).equals(model.running.get(claim.id()));
  }

  /// Takes a task out of those that run.
  private ModelTask leaves(String id) {
    ModelTask task = model.tasks.get(id);
    task.startIsOver(model.running.remove(id));
    return task;
  }

  AttemptEnd end(Claim claim, Outcome outcome) {
    String id = claim.id();
    ModelTask task = model.tasks.get(id);
    if (!runs(claim)) {
      boolean before =
          task != null
              && task.starts == claim.attempt()
              && (!task.live() || task.failedLast(claim.attempt()));
      return before ? AttemptEnd.BEFORE : AttemptEnd.REFUSED;
    }
    boolean cancel = model.cancelling.remove(id);
    leaves(id);
    return switch (outcome) {
      case Outcome.Success(byte[] result) -> {
        complete(id, task, new String(result, StandardCharsets.UTF_8));
        yield AttemptEnd.COMPLETED;
      }
      case Outcome.Failure failure when failure.retryIn().isEmpty() -> {
        task.charged++;
        task.remember(failure.timedOut() ? "t" : "f", failure.error());
        task.started = true;
        model.bury(id, task, Place.DEAD, failure.error());
        yield AttemptEnd.DEAD;
      }
      case Outcome.Failure failure when !cancel -> {
        task.charged++;
        task.remember(failure.timedOut() ? "t" : "f", failure.error());
        task.place = Place.SCHEDULED;
        model.scheduled.put(id, failure.retryIn().get().toHours());
        yield AttemptEnd.RETRYING;
      }
      case Outcome.Failure _, Outcome.Cancelled _ -> {
        task.started = true;
        model.bury(id, task, Place.CANCELLED, "");
        yield AttemptEnd.CANCELLED;
      }
    };
  }

  private void complete(String id, ModelTask task, String result) {
    task.started = true;
    if (task.retentionHours > 0) {
      task.place = Place.KEPT;
      model.kept.put(id, task.retentionHours);
    } else {
      task.place = Place.DONE;
      model.done.addFirst(id);
    }
    if (!result.isEmpty()) {
      task.trail.add("=" + result);
    }
    model.free(id, task);
    model.callBack(id, task, Callback.When.SUCCESS);
  }

  boolean requeue(Claim claim, boolean delayed) {
    String id = claim.id();
    ModelTask task = model.tasks.get(id);
    if (!runs(claim)) {
      return task != null && task.live() && task.starts == claim.attempt();
    }
    leaves(id);
    if (model.cancelling.remove(id)) {
      task.started = true;
      model.bury(id, task, Place.CANCELLED, "");
    } else if (delayed) {
      task.place = Place.SCHEDULED;
      model.scheduled.put(id, DELAYED);
    } else {
      task.place = Place.READY;
      model.queue(task).addFirst(id);
      task.remember("r", "its leader put it back");
    }
    return true;
  }

  /// @return how many will run again, how many are dead, and how many cancelled
  List<Integer> recover() {
    int again = 0;
    int dead = 0;
    int cancelled = 0;
    List<String> foreign =
        model.running.entrySet().stream()
            .filter(e -> !e.getValue().token().equals(token))
            .map(Map.Entry::getKey)
            .toList()
            .reversed(); // youngest first
    for (String id : foreign) {
      ModelTask task = leaves(id);
      String error = "its leader was lost while it ran";
      task.charged++;
      task.remember("l", error);
      if (model.cancelling.remove(id)) {
        task.started = true;
        model.bury(id, task, Place.CANCELLED, "");
        cancelled++;
      } else if (task.charged >= task.maxAttempts.orElse(model.maxAttempts)) {
        task.started = true;
        model.bury(id, task, Place.DEAD, error);
        dead++;
      } else {
        again++;
        if (task.crashes() == 1) {
          task.place = Place.READY;
          model.queue(task).addFirst(id);
        } else {
          task.place = Place.SCHEDULED;
          model.scheduled.put(id, DELAYED);
        }
      }
    }
    return List.of(again, dead, cancelled);
  }

  /// @param due in the order of their due times
  void promote(List<String> due) {
    for (String id : due) {
      ModelTask task = model.tasks.get(id);
      model.scheduled.remove(id);
      task.place = Place.READY;
      model.queue(task).addLast(id);
    }
  }

  List<String> cancelling() {
    model.cancelling.retainAll(model.running.keySet());
    return List.copyOf(model.cancelling);
  }

  /// @param byTime ids of each index that is ordered by time, in Redis's order
  int trim(int limit, long maxFinished, long maxDead, Map<String, List<String>> byTime) {
    int removed = 0;
    while (removed < limit && model.done.size() > maxFinished) {
      model.tasks.remove(model.done.removeLast());
      removed++;
    }
    for (String id : byTime.get("retained")) {
      if (removed < limit
          && (model.kept.size() > maxFinished || model.kept.get(id) == StoreModel.OVER)) {
        model.kept.remove(id);
        model.tasks.remove(id);
        removed++;
      }
    }
    removed += trim(model.dead, byTime.get("dead"), maxDead, limit - removed);
    removed += trim(model.expired, byTime.get("expired"), maxDead, limit - removed);
    removed += trim(model.cancelled, byTime.get("cancelled"), maxFinished, limit - removed);
    return removed;
  }

  private int trim(Set<String> index, List<String> byTime, long most, int limit) {
    int removed = 0;
    for (String id : byTime) {
      if (removed == limit || index.size() <= most) {
        break;
      }
      index.remove(id);
      model.tasks.remove(id);
      removed++;
    }
    return removed;
  }
}
