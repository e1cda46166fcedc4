package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.RunResult;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskFilter;
import dev.taskscheduler.task.TaskPage;
import dev.taskscheduler.task.TaskState;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Tasks that are run before their time, and tasks that are found by their ids, on a real Redis.
class RunScriptIT {
  private final RedisServer server = new RedisServer();
  private final StoreOnRedis store = new StoreOnRedis(server, StoreOnRedis.LIMITS);

  @AfterEach
  void stop() {
    store.close();
    server.close();
  }

  @Test
  void
      a_task_that_waits_for_another_attempt_is_ready_at_the_back_of_its_queue_and_keeps_its_past() {
    FencingToken token = store.lead(1);
    store.submitAll(Priority.HIGH, "a", "b");
    Claim claim = store.claimOne(token);
    Outcome failure = new Outcome.Failure("no", false, Optional.of(Duration.ofHours(1)));
    StoreOnRedis.get(store.claims.end(token, claim, failure));
    assertInstanceOf(TaskState.Retrying.class, store.state("a"));
    assertEquals(RunResult.MOVED, store.commands.run("a"));
    assertInstanceOf(TaskState.Ready.class, store.state("a"));
    assertEquals(0, store.jedis.zcard("{scheduler}:scheduled"));
    assertEquals("2", store.jedis.hget("{scheduler}:counts", "high"));
    List<Claim> claims = store.claim(token, 2);
    assertEquals(List.of("b#1", "a#2"), StoreOnRedis.idsAndAttempts(claims));
  }

  @Test
  void a_task_that_waits_for_no_time_stays_as_it_is() {
    FencingToken token = store.lead(1);
    store.submitAll(Priority.LOW, "a", "b", "c");
    List<Claim> claims = store.claim(token, 2);
    StoreOnRedis.get(store.claims.end(token, claims.getFirst(), Outcome.SUCCESS));
    Map<String, String> before = server.snapshot();
    assertEquals(RunResult.ENDED, store.commands.run("a"));
    assertEquals(RunResult.RUNNING, store.commands.run("b"));
    assertEquals(RunResult.READY, store.commands.run("c"));
    assertEquals(RunResult.UNKNOWN, store.commands.run("nobody"));
    store.jedis.set("{scheduler}:task:odd", "x");
    assertEquals(RunResult.UNKNOWN, store.commands.run("odd"));
    store.jedis.del("{scheduler}:task:odd");
    assertEquals(before, server.snapshot());
  }

  private List<String> found(String id, StateName... states) {
    TaskFilter filter =
        new TaskFilter(
            Set.of(states),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            new TaskFilter.Words(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(id)),
            false,
            50);
    List<String> ids = new ArrayList<>();
    String cursor = "";
    do {
      TaskPage page = store.queries.list(filter, cursor).orElseThrow();
      page.tasks().stream().map(Task::id).forEach(ids::add);
      cursor = page.next().orElse("");
    } while (!cursor.isEmpty());
    return ids;
  }

  @Test
  void tasks_are_found_by_their_ids_and_by_the_beginning_of_them() {
    FencingToken token = store.lead(1);
    String begin = "019aa0e6-5b3c-7000-8000-0000000000";
    store.submitAll(Priority.HIGH, begin + "01", begin + "02", begin + "13");
    for (int i = 0; i < 1_000; i++) {
      store.submit("029aa0e6-5b3c-7000-8000-%012x".formatted(i), Priority.HIGH);
    }
    Claim claim = store.claimOne(token);
    StoreOnRedis.get(store.claims.end(token, claim, Outcome.SUCCESS));
    store.claimOne(token);
    for (String id : List.of(begin + "01", begin + "02", begin + "13")) {
      assertEquals(List.of(id), found(id));
    }
    assertEquals(List.of(begin + "01"), found(begin + "01", StateName.COMPLETED));
    assertEquals(List.of(), found(begin + "01", StateName.READY, StateName.DEAD));
    assertEquals(List.of(begin + "02"), found(begin + "02", StateName.RUNNING));
    assertEquals(Set.of(begin + "01", begin + "02"), Set.copyOf(found(begin + "0")));
    assertEquals(3, found("019a").size());
    assertEquals(1_000, found("029a").size());
    assertEquals(List.of(), found("ffff"));
    assertEquals(List.of(), found("019aa0e6-5b3c-7000-8000-0000000000ff"));
  }
}
