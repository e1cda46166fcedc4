package dev.taskscheduler.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.testing.LogLines;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

class TaskLogTest {
  private static final Outcome FAILED = new Outcome.Failure("no luck", false, Optional.empty());
  private final AtomicLong nanos = new AtomicLong();
  private final TaskLog tasks = new TaskLog(nanos::get);

  private void end(String id, AttemptEnd end, Outcome outcome) {
    end(id, end, outcome, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  }

  private void end(String id, AttemptEnd end, Outcome outcome, String traceparent) {
    TaskOptions options =
        TaskOptions.NONE.with(TaskOption.QUEUE, "mails").with(TaskOption.TRACEPARENT, traceparent);
    Claim claim =
        new Claim(
            id, 3, 2, Priority.LOW, "log", options, new byte[0], Instant.EPOCH, Instant.EPOCH);
    tasks.ended(new FencingToken(7, "0123456789abcdef"), claim, end, outcome, Duration.ofMillis(7));
  }

  @Test
  void the_first_task_that_completed_is_told_once() {
    try (LogLines log = new LogLines(TaskLog.class.getName())) {
      end("a", AttemptEnd.RETRYING, FAILED);
      end("b", AttemptEnd.COMPLETED, Outcome.SUCCESS);
      end("c", AttemptEnd.COMPLETED, Outcome.SUCCESS);
      assertEquals(1, log.at(Level.INFO, "").size(), log.all());
      assertEquals(1, log.at(Level.INFO, "first task completed id=b type=log runMs=7").size());
      assertEquals(0, log.at(Level.WARNING, "").size(), log.all());
    }
  }

  @Test
  void each_dead_task_is_told_with_all_that_is_needed_to_find_it() {
    try (LogLines log = new LogLines(TaskLog.class.getName())) {
      end("a", AttemptEnd.DEAD, FAILED);
      String line = log.at(Level.WARNING, "").getFirst();
      assertTrue(
          line.contains(
              "task is dead id=a queue=mails type=log attempt=3"
                  + " trace=0af7651916cd43dd8448eb211c80319c error=no luck"),
          line);
    }
  }

  @Test
  void a_trace_that_cannot_be_read_is_left_out() {
    try (LogLines log = new LogLines(TaskLog.class.getName())) {
      end("a", AttemptEnd.DEAD, FAILED, "junk");
      assertTrue(log.at(Level.WARNING, "").getFirst().contains("attempt=3 error="), log.all());
    }
  }

  @Test
  void a_flood_of_dead_tasks_is_counted() {
    try (LogLines log = new LogLines(TaskLog.class.getName())) {
      for (int i = 0; i < 1000; i++) {
        end("d" + i, AttemptEnd.DEAD, FAILED);
      }
      tasks.tellLeftOut();
      assertEquals(10, log.at(Level.WARNING, "").size());
      nanos.addAndGet(Duration.ofSeconds(10).toNanos());
      tasks.tellLeftOut();
      tasks.tellLeftOut();
      assertEquals(1, log.at(Level.WARNING, "count=990").size(), log.all());
      end("e", AttemptEnd.DEAD, FAILED);
      assertEquals(12, log.at(Level.WARNING, "").size());
    }
  }
}
