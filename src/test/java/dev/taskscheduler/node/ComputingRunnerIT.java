package dev.taskscheduler.node;

import static dev.taskscheduler.testing.Eventually.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The threads of tasks: platform threads for a runner that computes, virtual ones for the others.
class ComputingRunnerIT extends NodeOnRedis {
  private static long platformThreadsOfTasks() {
    return Thread.getAllStackTraces().keySet().stream() // which has no virtual threads
        .filter(thread -> thread.getName().startsWith("task-"))
        .count();
  }

  private List<String> submitMany(int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(submit(TaskOptions.NONE));
    }
    return ids;
  }

  @Test
  void tasks_of_a_computing_runner_get_platform_threads_as_many_as_there_are_workers() {
    Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    CountDownLatch go = new CountDownLatch(1);
    runner(
        "note",
        true,
        _ -> {
          threads.add(Thread.currentThread());
          go.await();
          return TaskResult.NONE;
        });
    List<String> ids = submitMany(12);
    lead(node(4));
    await("all workers are busy", () -> threads.size() == 4);
    assertEquals(4, platformThreadsOfTasks());
    assertEquals(8, jedis.llen(NS + "ready:medium:default"));
    go.countDown();
    ids.forEach(id -> await("it ends", () -> completed(id)));
    for (Thread thread : threads) {
      assertFalse(thread.isVirtual());
      assertTrue(thread.isDaemon());
      assertTrue(ids.contains(thread.getName().substring("task-".length())), thread.getName());
    }
    await("the threads end with their tasks", () -> platformThreadsOfTasks() == 0);
  }

  @Test
  void tasks_of_other_runners_run_on_virtual_threads() {
    Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    runner(
        "note",
        _ -> {
          threads.add(Thread.currentThread());
          return TaskResult.NONE;
        });
    List<String> ids = submitMany(5);
    lead(node(2));
    ids.forEach(id -> await("it ends", () -> completed(id)));
    assertEquals(5, threads.size());
    assertTrue(threads.stream().allMatch(Thread::isVirtual));
  }

  /// As many virtual threads as there are carriers would stop all that runs on those.
  @Test
  void tasks_that_compute_hold_up_nothing_else_and_are_interrupted_when_their_time_is_over() {
    AtomicBoolean go = new AtomicBoolean();
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger interrupted = new AtomicInteger();
    runner(
        "mail",
        true,
        task -> {
          if (task.attempt() == 1) {
            begun.incrementAndGet();
            while (!go.get() && !Thread.currentThread().isInterrupted()) {
              Thread.onSpinWait();
            }
            interrupted.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0);
          }
          return TaskResult.NONE;
        });
    runner("note", _ -> TaskResult.NONE);
    int spinning = 2 * Runtime.getRuntime().availableProcessors();
    TaskOptions brief = TaskOptions.NONE.with(TaskOption.TIMEOUT, Duration.ofMillis(1500));
    for (int i = 0; i < spinning; i++) {
      submit(Priority.HIGH, "mail", "1", brief);
    }
    lead(node(3 * spinning));
    try {
      await("they run", () -> begun.get() == spinning);
      String other = submit(TaskOptions.NONE);
      await("another runs meanwhile", () -> completed(other));
      await("each is interrupted", () -> interrupted.get() == spinning);
      assertEquals(spinning, ledger.timedOut.get());
    } finally {
      go.set(true);
    }
  }
}
