package dev.taskscheduler.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import java.text.ParseException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TimeZone;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// Compares local times with those of Quartz and cron-utils, for random expressions of the syntax
/// that is read alike, in UTC. The seed is always the same, since the peers have faults of their
/// own; for others, `-Dcron.seed=<seed> -Dcron.expressions=<number>`.
class CronPeersTest {
  private static final long SEED = Long.getLong("cron.seed", 18);
  private static final int EXPRESSIONS = Integer.getInteger("cron.expressions", 250);
  private static final int TIMES = 25;
  private static final List<String> DAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

  private final Random random = new Random(SEED);

  private String one(int min, int max) {
    return "" + (min + random.nextInt(max - min + 1));
  }

  /// A list of numbers, ranges and steps.
  private String numbers(int min, int max) {
    if (random.nextInt(4) == 0) {
      return "*";
    }
    List<String> parts = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      int from = min + random.nextInt(max - min);
      int to = from + 1 + random.nextInt(max - from);
      int step = 1 + random.nextInt(to - from);
      parts.add(
          switch (random.nextInt(4)) {
            case 0 -> from + "-" + to;
            case 1 -> from + "-" + to + "/" + step;
            default -> "" + from;
          });
    }
    int most = max - min;
    // Not with a step of 1, which cron-utils takes for a star.
    return random.nextInt(4) == 0 ? "*/" + (2 + random.nextInt(most - 1)) : String.join(",", parts);
  }

  private String weekdayNames() {
    int from = 1 + random.nextInt(5); // cron-utils reads SUN as 7
    int to = from + 1 + random.nextInt(6 - from);
    String name = DAYS.get(from);
    return random.nextBoolean() ? name + "-" + DAYS.get(to) : name + "," + DAYS.get(to);
  }

  private LocalDateTime start() {
    return LocalDateTime.ofEpochSecond(
        100_000_000 + random.nextInt(1_900_000_000), 0, ZoneOffset.UTC);
  }

  private void compare(String text, UnaryOperator<Optional<LocalDateTime>> theirs) {
    CronExpression cron = CronExpression.parse(text, "");
    LocalDateTime at = start().withDayOfMonth(1).minusDays(1);
    for (int i = 0; i < TIMES; i++) {
      Optional<LocalDateTime> expected = theirs.apply(Optional.of(at));
      if (expected.isEmpty() || expected.get().getYear() > 2090) {
        return; // Quartz looks no further than 2099
      }
      assertEquals(expected, cron.nextLocal(at), "seed " + SEED + ": " + text + " after " + at);
      at = expected.get();
    }
  }

  @Test
  void quartz_finds_the_same_local_times() throws ParseException {
    for (int i = 0; i < EXPRESSIONS; i++) {
      String time = numbers(0, 59) + " " + numbers(0, 59) + " " + numbers(0, 23) + " ";
      String month = " " + numbers(1, 12) + " ";
      String ours = time + "?" + month + weekdayNames();
      String theirs = ours;
      int day = random.nextInt(7);
      switch (random.nextInt(4)) {
        case 0 -> { // Quartz counts days of the week from 1
          String which = random.nextBoolean() ? "L" : "#" + one(1, 4);
          ours = time + "?" + month + day + which;
          theirs = time + "?" + month + (day + 1) + which;
        }
        case 1 -> {}
        case 2 -> {
          // At midnight alone, and first asked in the month before: Quartz 2.5.2 keeps the time of
          // day that it was asked at, and loses a Monday if it is asked on the weekend before.
          ours = "0 0 0 " + (random.nextInt(3) == 0 ? "LW" : one(1, 28) + "W") + month + "?";
          theirs = ours;
        }
        default -> {
          String date =
              switch (random.nextInt(5)) {
                case 0 -> "L";
                case 1 -> "L-" + one(1, 20);
                default -> numbers(1, 28);
              };
          ours = time + date + month + "?";
          theirs = ours;
        }
      }
      org.quartz.CronExpression quartz = new org.quartz.CronExpression(theirs);
      quartz.setTimeZone(TimeZone.getTimeZone(ZoneOffset.UTC));
      compare(
          ours,
          at ->
              at.map(from -> Date.from(from.toInstant(ZoneOffset.UTC)))
                  .map(quartz::getNextValidTimeAfter)
                  .map(Date::toInstant)
                  .map(CronPeersTest::local));
    }
  }

  private static LocalDateTime local(Instant at) {
    return LocalDateTime.ofInstant(at, ZoneOffset.UTC);
  }

  @Test
  void cron_utils_finds_the_same_local_times() {
    com.cronutils.parser.CronParser parser =
        new com.cronutils.parser.CronParser(
            CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
    for (int i = 0; i < EXPRESSIONS; i++) {
      String text =
          String.join(
              " ",
              numbers(0, 59),
              numbers(0, 23),
              numbers(1, 28),
              numbers(1, 12),
              random.nextBoolean() ? "*" : weekdayNames());
      ExecutionTime theirs = ExecutionTime.forCron(parser.parse(text));
      compare(
          text,
          at ->
              at.flatMap(from -> theirs.nextExecution(from.atZone(ZoneOffset.UTC)))
                  .map(next -> next.toLocalDateTime()));
    }
  }
}
