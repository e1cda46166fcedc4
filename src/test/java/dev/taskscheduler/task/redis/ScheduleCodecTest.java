package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.schedule.CatchUp;
import dev.taskscheduler.schedule.ClockChange;
import dev.taskscheduler.schedule.CronExpression;
import dev.taskscheduler.schedule.Interval;
import dev.taskscheduler.schedule.OverlapPolicy;
import dev.taskscheduler.schedule.ScheduleSettings;
import dev.taskscheduler.schedule.Timing;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScheduleCodecTest {
  private static final ScheduleSettings ALL =
      new ScheduleSettings(
          Timing.of(List.of(CronExpression.parse("H 9 * * MON-FRI", "s")), Instant.EPOCH)
              .withInterval(new Interval.Every(Duration.ofMinutes(7)))
              .withExclusions(List.of(CronExpression.parse("* 12 * * *", "s")))
              .withStartAt(Instant.parse("2026-11-23T08:55:00.123Z"))
              .withEndAt(Instant.parse("2030-01-01T00:00:00Z"))
              .withZone(ZoneId.of("Europe/Berlin"))
              .withClockChange(new ClockChange(ClockChange.Gap.SKIP, ClockChange.Overlap.BOTH)),
          false,
          OverlapPolicy.BUFFER_ALL,
          new CatchUp(Duration.ofDays(2), CatchUp.Runs.ALL, 17),
          Duration.ofMinutes(3),
          OptionalInt.of(9));

  @Test
  void settings_are_read_as_they_were_written() {
    String text = ScheduleCodec.write(ALL);
    assertEquals(ALL, ScheduleCodec.read("s", text));
    assertEquals(text, ScheduleCodec.write(ScheduleCodec.read("s", text)));
  }

  @Test
  void the_task_is_read_as_it_was_written() {
    byte[] written = ScheduleCodec.task(SchedulesOnRedis.TASK);
    assertArrayEquals(written, ScheduleCodec.task(ScheduleCodec.task(written)));
  }

  /// Whoever reads them catches this and nothing else.
  @Test
  void what_anyone_may_have_written_is_refused_in_one_way() {
    Random random = new Random(18);
    String settings = ScheduleCodec.write(ALL);
    String task = new String(ScheduleCodec.task(SchedulesOnRedis.TASK), StandardCharsets.UTF_8);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      refused += read(() -> ScheduleCodec.read("s", damaged(settings, random)));
      refused +=
          read(() -> ScheduleCodec.task(damaged(task, random).getBytes(StandardCharsets.UTF_8)));
    }
    assertTrue(refused > 10_000, "refused " + refused);
  }

  private static int read(Runnable reading) {
    try {
      reading.run();
      return 0;
    } catch (IllegalArgumentException e) {
      return 1;
    }
  }

  /// Without a line, with one twice, or with a part of it replaced.
  private static String damaged(String text, Random random) {
    List<String> lines = new ArrayList<>(Arrays.asList(text.split("\n", -1)));
    int at = random.nextInt(lines.size());
    String line = lines.get(at);
    switch (random.nextInt(4)) {
      case 0 -> lines.remove(at);
      case 1 -> lines.add(random.nextInt(lines.size()), line);
      case 2 -> lines.set(at, line.substring(0, random.nextInt(line.length() + 1)));
      default -> {
        int from = random.nextInt(line.length() + 1);
        String junk =
            List.of("", " ", "=", "-1", "99999999999999999999", "\u0000", "x")
                .get(random.nextInt(7));
        lines.set(
            at,
            line.substring(0, from)
                + junk
                + line.substring(Math.min(line.length(), from + random.nextInt(5))));
      }
    }
    return String.join("\n", lines);
  }
}
