package com.example;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.spi.TaskFailure;
import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.spi.TaskRun;
import dev.taskscheduler.spi.TaskRunner;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class NoteRunnerTest {
  private final TaskRunner runner = ServiceLoader.load(TaskRunner.class).findFirst().orElseThrow();

  private static TaskRun task(int bytes) {
    FencingToken token = new FencingToken(1, "0123456789abcdef");
    return new TaskRun("1", 1, token, new byte[bytes], Optional.empty(), 32_768);
  }

  @Test
  void a_note_is_printed() throws Exception {
    assertSame(TaskResult.NONE, runner.run(task(20)));
  }

  @Test
  void a_note_that_is_too_long_is_not_tried_again() {
    assertTrue(assertThrows(TaskFailure.class, () -> runner.run(task(2_000))).isPermanent());
  }
}
