package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.taskscheduler.task.DeleteResult;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Which tasks are deleted, and what of them, with all keys compared before and after.
class DeleteScriptIT extends OnOneRedis {
  private static final List<String> ALL =
      List.of(
          "dead",
          "expired",
          "cancelled",
          "done",
          "kept",
          "running",
          "retrying",
          "scheduled",
          "ready-low",
          "nobody");

  /// They were submitted, and ended, in 1970.
  private void age(String... ids) {
    for (String id : ids) {
      store.jedis.setrange(NS + "task:" + id, TaskRecordCodec.SUBMITTED, "0".repeat(12) + "1");
      store.jedis.setrange(NS + "task:" + id, TaskRecordCodec.FINISHED, "0".repeat(12) + "1");
    }
  }

  @Test
  void what_ended_badly_is_deleted_with_all_its_traces_and_nothing_else_changes() {
    EveryState.make(store);
    age("dead", "expired", "cancelled");
    var before = server.snapshot();
    assertEquals(
        List.of(
            DeleteResult.DELETED,
            DeleteResult.DELETED,
            DeleteResult.DELETED,
            DeleteResult.COMPLETED,
            DeleteResult.COMPLETED,
            DeleteResult.PENDING,
            DeleteResult.PENDING,
            DeleteResult.PENDING,
            DeleteResult.PENDING,
            DeleteResult.UNKNOWN),
        store.commands.delete(ALL));
    Set<String> gone = new TreeSet<>(before.keySet());
    gone.removeAll(server.snapshot().keySet());
    assertEquals(
        new TreeSet<>(
            Set.of(
                NS + "attempts:dead",
                NS + "cancelled",
                NS + "dead",
                NS + "expired",
                NS + "task:cancelled",
                NS + "task:dead",
                NS + "task:expired")),
        gone);
    before.keySet().removeAll(gone);
    var after = server.snapshot();
    before.remove(NS + "leader");
    after.remove(NS + "leader");
    assertEquals(before, after);
    assertEquals(
        List.of(DeleteResult.UNKNOWN, DeleteResult.UNKNOWN),
        store.commands.delete(List.of("dead", "cancelled")),
        "once more");
  }

  @Test
  void what_ended_just_now_stays_and_a_name_counts_once() {
    try (RedisTasks careful =
        new RedisTasks(server.redis(2), store.namespace, StoreOnRedis.LIMITS)) {
      EveryState.make(store);
      var before = server.snapshot();
      assertEquals(
          List.of(DeleteResult.RECENT), careful.ports().commands().delete(List.of("dead")));
      assertEquals(before, server.snapshot());
      age("dead");
      assertEquals(
          List.of(DeleteResult.DELETED, DeleteResult.UNKNOWN),
          careful.ports().commands().delete(List.of("dead", "dead")));
    }
  }

  @Test
  void a_claim_passes_over_a_deleted_task_that_still_stands_in_its_queue() {
    submit("a", TaskOptions.NONE);
    submit("b", TaskOptions.NONE.with(TaskOption.MAX_ATTEMPTS, 2));
    store.commands.cancel("a");
    age("a");
    assertEquals(List.of(DeleteResult.DELETED), store.commands.delete(List.of("a")));
    assertEquals("b", store.claimOne(token).id());
    assertEquals(false, store.jedis.exists(NS + "stale"));
  }
}
