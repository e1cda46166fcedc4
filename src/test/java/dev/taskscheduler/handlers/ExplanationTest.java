package dev.taskscheduler.handlers;

import static dev.taskscheduler.handlers.GivenTask.FAILED;
import static dev.taskscheduler.handlers.GivenTask.ID;
import static dev.taskscheduler.handlers.GivenTask.T0;
import static dev.taskscheduler.handlers.GivenTask.T1;
import static dev.taskscheduler.handlers.GivenTask.T2;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.Explanation;
import dev.taskscheduler.task.Explanation.InQueue;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.QueueBlock;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskState;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.testing.junit5.DirectClient;
import io.helidon.webserver.testing.junit5.RoutingTest;
import io.helidon.webserver.testing.junit5.SetUpRoute;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Why a task is not running now: each reason in its words and fields, without a socket.
@RoutingTest
class ExplanationTest {
  private static final MemoryStore STORE = new MemoryStore();
  private static final GivenLeader LEADER = new GivenLeader();

  private final DirectClient client;

  ExplanationTest(DirectClient client) {
    this.client = client;
  }

  @SetUpRoute
  static void routing(HttpRouting.Builder routing) {
    GivenLeader.routes(routing, STORE, LEADER, Set.of("log"));
  }

  @BeforeEach
  void begin_with_an_empty_store_and_a_leader() {
    STORE.mood = MemoryStore.Mood.WELL;
    STORE.explained.clear();
    LEADER.ledBy("node2", false);
  }

  private static Task task(int attempts, TaskState state) {
    return new Task(ID, Priority.HIGH, "log", "mails", T0, attempts, state);
  }

  private Explanation explanation(Task task, TaskOptions options, int charged, Pause... pauses) {
    return new Explanation(
        task,
        T2,
        options,
        charged,
        Optional.empty(),
        Optional.empty(),
        List.of(pauses),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  private Explanation ready(Optional<InQueue> queue, Pause... pauses) {
    return new Explanation(
        task(0, new TaskState.Ready()),
        T2,
        TaskOptions.NONE,
        0,
        queue,
        Optional.empty(),
        List.of(pauses),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  private void assertExplained(Explanation given, String reason, String why, String... more) {
    STORE.explained.put(ID, given);
    String body = client.get("/tasks/" + ID + "/explain").requestEntity(String.class);
    assertTrue(body.contains("\"reason\":\"" + reason + "\",\"why\":\"" + why + "\""), body);
    for (String field : more) {
      assertTrue(body.contains(field), body);
    }
  }

  @Test
  void what_has_ended_and_what_runs_is_explained() {
    TaskOptions none = TaskOptions.NONE;
    assertExplained(
        explanation(task(1, new TaskState.Completed(T1, T2)), none, 0),
        "ended",
        "It completed at 2026-11-23T08:55:02.000000Z.");
    assertExplained(
        explanation(task(1, new TaskState.Dead(T1, T2, "it answered 404.")), none, 1),
        "ended",
        "It is dead since 2026-11-23T08:55:02.000000Z: attempt 1 was the last and failed: it"
            + " answered 404.");
    assertExplained(
        explanation(task(0, new TaskState.Cancelled(Optional.of(T1), T2)), none, 0),
        "ended",
        "It was cancelled at 2026-11-23T08:55:02.000000Z.");
    assertExplained(
        explanation(task(0, new TaskState.Expired(T2)), none, 0),
        "ended",
        "It expired before it could start; this was recorded at 2026-11-23T08:55:02.000000Z.");
    Explanation running =
        new Explanation(
            task(2, new TaskState.Running(7, T1)),
            T2,
            none,
            1,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.of(FAILED),
            Optional.of("node1"),
            true);
    assertExplained(
        running,
        "running",
        "It is running on node1, attempt 2, and is being cancelled.",
        "\"running\":{\"node\":\"node1\",\"epoch\":7,\"startedAt\":\"2026-11-23T08:55:01.000001Z\","
            + "\"cancelling\":true}");
  }

  @Test
  void what_waits_for_a_time_is_explained() {
    Task scheduled = task(0, new TaskState.Scheduled(T2));
    assertExplained(
        explanation(scheduled, TaskOptions.NONE, 0),
        "scheduled",
        "It is scheduled for 2026-11-23T08:55:02.000000Z.",
        "\"dueAt\":\"2026-11-23T08:55:02.000000Z\"");
    assertExplained(
        explanation(task(1, new TaskState.Scheduled(T2)), TaskOptions.NONE, 0),
        "no-runner",
        "The leader that claimed it has no runner for the type log; it will be claimed again at"
            + " 2026-11-23T08:55:02.000000Z.");
    Explanation retrying =
        new Explanation(
            task(1, new TaskState.Retrying(T2, Optional.empty())),
            T2,
            TaskOptions.NONE,
            1,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.of(FAILED),
            Optional.empty(),
            false);
    assertExplained(
        retrying,
        "retrying",
        "Its next attempt is due at 2026-11-23T08:55:02.000000Z, after attempt 1 failed: it"
            + " answered 500.",
        "\"lastError\":\"it answered 500.\"");
    TaskOptions late = TaskOptions.NONE.with(TaskOption.EXPIRES_AT, T1);
    assertExplained(
        explanation(scheduled, late, 0),
        "expired",
        "It expired at 2026-11-23T08:55:01.000001Z: it will not start, and ends when it reaches the"
            + " front of its queue.",
        "\"expiresAt\":\"2026-11-23T08:55:01.000001Z\",\"expired\":true");
  }

  @Test
  void what_is_ready_is_explained() {
    Optional<InQueue> third = Optional.of(new InQueue(3, true, 10, 4));
    Pause[] all = {new Pause.All(), new Pause.OfPriority(Priority.HIGH), new Pause.OfQueue("m*")};
    assertExplained(
        ready(third, all),
        "paused",
        "Paused: everything, priority high, queue m*.",
        "\"paused\":[\"all\",\"priority:high\",\"queue:m*\"]",
        "\"queue\":\"mails\",\"place\":3,\"ahead\":12,\"turnsBefore\":4");
    assertExplained(
        ready(third),
        "queued",
        "It is number 3 in its queue mails; 10 tasks of higher priorities go first; 4 other queues"
            + " have their turns before its queue.",
        "\"leader\":\"node2\",\"paused\":[]");
    assertExplained(
        ready(Optional.of(new InQueue(2, true, 0, 0))),
        "queued",
        "It is number 2 in its queue mails.");
    assertExplained(
        ready(Optional.of(new InQueue(1, true, 1, 1))),
        "queued",
        "It is number 1 in its queue mails; 1 task of a higher priority goes first; 1 other queue"
            + " has its turn before its queue.");
    assertExplained(
        ready(Optional.of(new InQueue(10_001, false, 5, 0))),
        "queued",
        "It is number 10001 or later in its queue mails; 5 tasks of higher priorities go first.",
        "\"placeAtLeast\":10001,\"aheadAtLeast\":10005");
    assertExplained(
        ready(Optional.of(new InQueue(1, true, 0, 0))),
        "next",
        "It is next: it starts as soon as the leader has a free worker.");
    assertExplained(
        ready(Optional.empty()),
        "next",
        "It is being requeued, and starts when it reaches the front of its queue.");
    LEADER.leader = Optional.empty();
    assertExplained(
        ready(third),
        "no-leader",
        "There is no leader now, and only the leader runs tasks.",
        "\"leader\":null");
  }

  private Explanation blocked(QueueBlock block, Pause... pauses) {
    return new Explanation(
        task(0, new TaskState.Ready()),
        T2,
        TaskOptions.NONE,
        0,
        Optional.of(new InQueue(1, true, 0, 0)),
        Optional.of(block),
        List.of(pauses),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  @Test
  void what_holds_a_queue_back_is_explained() {
    assertExplained(
        blocked(new QueueBlock.Paused("they moved"), new Pause.OfQueue("mails")),
        "queue-paused",
        "Its queue mails is paused, with the note: they moved.",
        "\"blocked\":{\"reason\":\"queue-paused\",\"why\":\"The queue is paused, with the note:"
            + " they moved.\",\"note\":\"they moved\"}");
    assertExplained(
        blocked(new QueueBlock.Paused(""), new Pause.OfQueue("m*")),
        "queue-paused",
        "Its queue mails is paused by the pause of m*.");
    assertExplained(
        blocked(new QueueBlock.Closed(Optional.of(T2), ID, "it answered 429.")),
        "queue-closed",
        "Its queue mails is closed until 2026-11-23T08:55:02.000000Z, asked for by the answer to"
            + " task "
            + ID
            + ": it answered 429.",
        "\"until\":\"2026-11-23T08:55:02.000000Z\",\"task\":\"" + ID + "\"");
    assertExplained(
        blocked(new QueueBlock.Concurrency(5, 5)),
        "at-concurrency",
        "Its queue mails is at its limit: 5 of its tasks may run at once, and 5 run.",
        "\"limit\":5,\"running\":5");
    assertExplained(
        blocked(new QueueBlock.Rate(100, Duration.ofMinutes(1), Optional.of(T2))),
        "at-rate",
        "Its queue mails is at its rate of 100 starts in PT1M: the next task may start at"
            + " 2026-11-23T08:55:02.000000Z.",
        "\"rate\":\"100/PT1M\"");
    LEADER.leader = Optional.empty();
    assertExplained(
        blocked(new QueueBlock.Paused("")), "queue-paused", "Its queue mails is paused.");
    assertExplained(
        blocked(new QueueBlock.Concurrency(5, 5)),
        "no-leader",
        "There is no leader now, and only the leader runs tasks.");
  }
}
