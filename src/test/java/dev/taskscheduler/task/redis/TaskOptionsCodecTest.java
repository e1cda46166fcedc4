package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.Backoff;
import dev.taskscheduler.task.BackoffOverride;
import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.RetryPolicy;
import dev.taskscheduler.task.StartTime;
import dev.taskscheduler.task.TaskOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaskOptionsCodecTest {
  private static final BackoffOverride BACKOFF =
      BackoffOverride.of(new Backoff(Duration.ofMillis(1), Duration.ofDays(1), 1.25));
  private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  private static TaskOptions all() {
    return TaskOptions.NONE
        .due(new StartTime.After(Duration.ofDays(365)))
        .retry(new RetryPolicy(OptionalInt.of(1000), BACKOFF))
        .timeout(Duration.ofMillis(1))
        .expiresAt(Instant.ofEpochMilli(1_795_000_000_123L))
        .retention(Duration.ofDays(30))
        .uniqueKey("0123456789abcdef0123456789abcdef")
        .traceparent(TRACE)
        .callback(
            new Callback(Callback.When.BOTH, "https://x/" + "y".repeat(Callback.LONGEST_URL - 10)));
  }

  static Stream<TaskOptions> each() {
    return Stream.of(
        all(),
        TaskOptions.NONE,
        TaskOptions.NONE.due(new StartTime.At(Instant.ofEpochMilli(5))),
        TaskOptions.NONE.due(new StartTime.After(Duration.ZERO)),
        TaskOptions.NONE.retry(new RetryPolicy(OptionalInt.of(1), BackoffOverride.USUAL)),
        TaskOptions.NONE.retry(new RetryPolicy(OptionalInt.empty(), BACKOFF)),
        backoff(Optional.of(Duration.ofHours(1)), Optional.empty(), OptionalDouble.empty()),
        backoff(Optional.empty(), Optional.of(Duration.ofMillis(500)), OptionalDouble.empty()),
        backoff(Optional.empty(), Optional.empty(), OptionalDouble.of(3)));
  }

  private static TaskOptions backoff(
      Optional<Duration> base, Optional<Duration> cap, OptionalDouble factor) {
    return TaskOptions.NONE.retry(
        new RetryPolicy(OptionalInt.empty(), new BackoffOverride(base, cap, factor)));
  }

  @ParameterizedTest
  @MethodSource("each")
  void what_is_written_is_read(TaskOptions options) {
    assertEquals(options, TaskOptionsCodec.read(TaskOptionsCodec.write(options)));
  }

  @ParameterizedTest
  @EnumSource(Callback.When.class)
  void a_callback_is_read_with_its_when(Callback.When when) {
    TaskOptions options =
        TaskOptions.NONE.callback(new Callback(when, "http://x/?c=s,y d=1".replace(' ', '+')));
    assertEquals(options, TaskOptionsCodec.read(TaskOptionsCodec.write(options)));
  }

  @Test
  void nothing_is_written_for_a_task_that_is_run_as_usual() {
    assertEquals("", TaskOptionsCodec.write(TaskOptions.NONE));
    assertSame(TaskOptions.NONE, TaskOptionsCodec.read(""));
  }

  @Test
  void the_longest_options_fit_where_they_are_read() {
    int length = TaskOptionsCodec.write(all()).length();
    assertTrue(length <= TaskOptionsCodec.LONGEST, "options of " + length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " z=1",
        " a=many",
        " a=99999999999",
        " b=1",
        " b=0,5,2",
        " b=,,0.5",
        " b=86400001,,",
        " b=1,5,two",
        " t=",
        " t=99999999999999999999",
        " x=never",
        " r=9223372036854775808",
        " c=s",
        " c=s,ftp://x",
        " =",
        "  ",
        " k=1s"
      })
  void an_option_that_cannot_be_read_is_passed_over_and_the_others_are_read(String odd) {
    assertEquals(
        TaskOptions.NONE.timeout(Duration.ofMillis(7)).retention(Duration.ofMillis(9)),
        TaskOptionsCodec.read(" t=7" + odd + " k=9"));
  }

  @Test
  void options_that_cannot_be_read_give_one_short_line_however_many_they_are() {
    List<LogRecord> told = new CopyOnWriteArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            told.add(line);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(TaskOptionsCodec.class.getName());
    logger.addHandler(handler);
    try {
      for (int i = 0; i < 3; i++) {
        TaskOptionsCodec.read((" t=" + "9".repeat(500)).repeat(1_000));
      }
    } finally {
      logger.removeHandler(handler);
    }
    assertTrue(told.size() <= 1, told.size() + " lines"); // none where another test has just told
    for (LogRecord line : told) {
      assertNull(line.getThrown());
      assertTrue(line.getMessage().length() < 200, line.getMessage());
    }
  }
}
