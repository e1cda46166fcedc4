package dev.taskscheduler.node;

import static dev.taskscheduler.task.TaskOptions.NONE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.testing.Eventually;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is counted in and what is counted out is the same, once nothing is pending.
class CountsIT extends NodeOnRedis {
  private static final TaskOptions CALLING =
      NONE.with(TaskOption.CALLBACK_URL, "http://example.org/")
          .with(TaskOption.CALLBACK_ON, Callback.When.BOTH)
          .with(TaskOption.MAX_ATTEMPTS, 1);

  @Test
  void callbacks_cancels_of_waiting_tasks_and_retries_by_hand_add_up() {
    runner(
        "note",
        task -> {
          if (task.attempt() == 1 && new String(task.payload()).equals("0")) {
            throw new IllegalStateException("the first time");
          }
          return TaskResult.NONE;
        });
    runner("callback", task -> TaskResult.NONE);
    lead(node(2));
    String fails = submit(Priority.HIGH, "note", "0", CALLING);
    submit(CALLING);
    submit(NONE);
    String waits = submit(NONE.with(TaskOption.DELAY, Duration.ofHours(1)));
    tasks.cancel(waits);
    Eventually.await("it is dead", () -> ledger.count("dead") == 1);
    tasks.retry(List.of(fails));
    Eventually.await("all has ended", () -> ledger.count("completed") == 6);
    assertEquals(3, ledger.callbacks.get(), "of the dead one, of the same, and of another");
    int in = ledger.submitted.get() + ledger.callbacks.get() + ledger.retried.get();
    long out = ledger.count("completed") + ledger.count("dead") + ledger.cancelledWaiting.get();
    assertEquals(in, out);
  }
}
