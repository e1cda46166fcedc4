package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.Tags;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
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
  private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  private static TaskOptions all() {
    return TaskOptions.NONE
        .with(TaskOption.DELAY, Duration.ofDays(365))
        .with(TaskOption.TAGS, Tags.write(Collections.nCopies(Tags.MOST, "g".repeat(64))))
        .with(TaskOption.QUEUE, "q".repeat(128))
        .with(TaskOption.SCHEDULE, "s".repeat(128))
        .with(TaskOption.SCHEDULED_AT, Instant.ofEpochMilli(1_795_000_000_123L))
        .with(TaskOption.MISSED, Integer.MAX_VALUE)
        .with(TaskOption.MAX_ATTEMPTS, 1000)
        .with(TaskOption.BACKOFF_BASE, Duration.ofMillis(1))
        .with(TaskOption.BACKOFF_CAP, Duration.ofDays(1))
        .with(TaskOption.BACKOFF_FACTOR, 1.25)
        .with(TaskOption.TIMEOUT, Duration.ofMillis(1))
        .with(TaskOption.EXPIRES_AT, Instant.ofEpochMilli(1_795_000_000_123L))
        .with(TaskOption.RETENTION, Duration.ofDays(30))
        .with(TaskOption.UNIQUE_KEY, "0123456789abcdef0123456789abcdef")
        .with(TaskOption.TRACEPARENT, TRACE)
        .with(TaskOption.CALLBACK_URL, "https://x/" + "y".repeat(Callback.LONGEST_URL - 10))
        .with(TaskOption.CALLBACK_ON, Callback.When.BOTH);
  }

  static Stream<TaskOptions> each() {
    return Stream.of(
        all(),
        TaskOptions.NONE,
        TaskOptions.NONE.with(TaskOption.RUN_AT, Instant.ofEpochMilli(5)),
        TaskOptions.NONE.with(TaskOption.DELAY, Duration.ZERO),
        TaskOptions.NONE.with(TaskOption.MAX_ATTEMPTS, 1),
        TaskOptions.NONE.with(TaskOption.BACKOFF_BASE, Duration.ofHours(1)),
        TaskOptions.NONE.with(TaskOption.BACKOFF_CAP, Duration.ofMillis(500)),
        TaskOptions.NONE.with(TaskOption.BACKOFF_FACTOR, 3.0));
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
        TaskOptions.NONE
            .with(TaskOption.CALLBACK_URL, "http://x/?c=s,y d=1".replace(' ', '+'))
            .with(TaskOption.CALLBACK_ON, when);
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
        " a=0",
        " a=1001",
        " b=soon",
        " b=",
        " m=1,5",
        " f=0.5",
        " f=NaN",
        " f=two",
        " t=",
        " t=99999999999999999999",
        " x=never",
        " r=9223372036854775808",
        " c=s",
        " c=ftp://x",
        " o=z",
        " g=a,,b",
        " g=a,b,c,d,e,f,g,h,i",
        " =",
        "  ",
        " k=1s"
      })
  void an_option_that_cannot_be_read_is_passed_over_and_the_others_are_read(String odd) {
    assertEquals(
        TaskOptions.NONE
            .with(TaskOption.TIMEOUT, Duration.ofMillis(7))
            .with(TaskOption.RETENTION, Duration.ofMillis(9)),
        TaskOptionsCodec.read(" t=7" + odd + " k=9"));
  }

  @Test
  void options_that_cannot_be_read_do_not_flood_the_log() {
    List<LogRecord> lines = new CopyOnWriteArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            lines.add(line);
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
    assertEquals(List.of(), lines);
  }
}
