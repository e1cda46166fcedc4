package dev.taskscheduler.node;

import static dev.taskscheduler.testing.Eventually.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// While tasks are brief, more are claimed than there are workers. Here tasks are brief first, and
/// then two of them hold both workers, so that what was claimed ahead waits.
class ClaimedAheadIT extends NodeOnRedis {
  private static final int WORKERS = 2;
  private final List<String> ran = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final CountDownLatch go = new CountDownLatch(1);
  private final CountDownLatch held = new CountDownLatch(WORKERS);
  private SchedulerNode node;
  private HeldLeadership leadership;

  @BeforeEach
  void lead() {
    runner(
        "note",
        task -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          String payload = new String(task.payload(), StandardCharsets.UTF_8);
          if (payload.equals("\"hold\"")) {
            held.countDown();
            go.await();
          } else if (payload.equals("\"rest\"")) {
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(50));
          }
          ran.add(payload);
          running.decrementAndGet();
          return TaskResult.NONE;
        });
    node = node(WORKERS);
    leadership = lead(node);
  }

  @AfterEach
  void letGo() {
    go.countDown();
  }

  private void runBriefOnes(int count) {
    for (int i = 0; i < count; i++) {
      submit(TaskOptions.NONE);
    }
    await("the brief ones end", () -> ledger.count("completed") == count);
    ran.clear();
  }

  private List<String> submitBehindHeldWorkers(int count) throws InterruptedException {
    runBriefOnes(400);
    for (int i = 0; i < WORKERS; i++) {
      submit(Priority.HIGH, "note", "\"hold\"", TaskOptions.NONE);
    }
    held.await();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(submit(Priority.MEDIUM, "note", String.valueOf(i), TaskOptions.NONE));
    }
    return ids;
  }

  @Test
  void never_more_run_at_once_than_there_are_workers() {
    tasks.pauses().pause(new Pause.All());
    for (int i = 0; i < 3_000; i++) {
      submit(Priority.LOW, "note", "\"rest\"", TaskOptions.NONE);
    }
    tasks.pauses().resume(new Pause.All());
    await("all run", () -> ledger.count("completed") == 3_000);
    assertEquals(WORKERS, most.get());
  }

  @Test
  void what_waits_long_goes_back_uncharged_and_keeps_its_place() throws InterruptedException {
    List<String> ids = submitBehindHeldWorkers(6);
    await(
        "it is requeued", () -> ids.stream().allMatch(id -> state(id) instanceof TaskState.Ready));
    assertTrue(ledger.count("requeued") > 0, "nothing was claimed ahead");
    go.countDown();
    await("all run", () -> ids.stream().allMatch(this::completed));
    assertEquals(
        List.of("0", "1", "2", "3", "4", "5"),
        ran.stream().filter(p -> p.length() == 1).sorted().toList());
    assertTrue(ran.indexOf("0") < ran.indexOf("5"), "order: " + ran);
    assertTrue(trail(ids.getFirst()).getFirst().endsWith(" r its leader put it back"));
  }

  @Test
  void a_task_that_waits_is_cancelled_and_never_runs() throws InterruptedException {
    String id = submitBehindHeldWorkers(1).getFirst();
    tasks.cancel(id);
    await("it is cancelled", () -> state(id) instanceof TaskState.Cancelled);
    go.countDown();
    await("the workers are free", () -> node.running() == 0);
    assertFalse(ran.contains("0"));
  }

  @Test
  void what_waits_at_a_leaders_loss_is_the_next_ones() throws InterruptedException {
    List<String> ids = submitBehindHeldWorkers(6);
    die(node, leadership);
    assertEquals(
        List.of(), ran.stream().filter(p -> p.length() == 1).toList(), "run without trust");
    go.countDown();
    lead(node(WORKERS));
    await("all run", () -> ids.stream().allMatch(this::completed));
    assertEquals(6, ran.stream().filter(p -> p.length() == 1).count());
  }

  @Test
  void a_planned_end_puts_back_what_waits_before_it_drains() throws InterruptedException {
    List<String> ids = submitBehindHeldWorkers(6);
    CountDownLatch ended = new CountDownLatch(1);
    node.end(true, Duration.ofSeconds(10), ended::countDown);
    await(
        "it is requeued", () -> ids.stream().allMatch(id -> state(id) instanceof TaskState.Ready));
    assertEquals(WORKERS, running.get(), "the drain waits for what runs");
    go.countDown();
    ended.await();
    for (String id : ids) {
      assertInstanceOf(TaskState.Ready.class, state(id));
    }
  }
}
