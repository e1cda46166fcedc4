package dev.taskscheduler.schedule;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How a cron expression is read, and how each fault in it is answered.
class CronParserTest {
  private static final LocalDateTime NEW_YEAR = LocalDateTime.of(2026, 1, 1, 0, 0);

  private static CronExpression cron(String text) {
    return CronExpression.parse(text, "nightly-report");
  }

  private static LocalDateTime next(String text, LocalDateTime after) {
    return cron(text).nextLocal(after).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          '' | 0 | empty
          '   ' | 0 | empty
          * * * * | 7 | only 4 fields
          9 | 1 | only 1 field
          ' * * * * * * 2026' | 13 | A year is not known
          60 * * * * | 0 | 60 is out of range; allowed: 0 to 59
          * 24 * * * | 2 | 24 is out of range; allowed: 0 to 23
          * * 0 * * | 4 | 0 is out of range; allowed: 1 to 31
          * * 32 * * | 4 | 32 is out of range
          * * * 13 * | 6 | 13 is out of range; allowed: 1 to 12, or JAN to DEC
          * * * * 8 | 8 | 8 is out of range; allowed: 0 to 7, or SUN to SAT
          99999999999999999999 * * * * | 0 | out of range
          60 * * * * * | 0 | The second: 60 is out of range
          1,,2 * * * * | 2 | a value is missing
          1, * * * * | 2 | a value is missing
          ,1 * * * * | 0 | a value is missing
          1- * * * * | 2 | a number is missing
          -1 * * * * | 0 | '-1' is not a number
          1-70 * * * * | 2 | 70 is out of range
          1x * * * * | 1 | 'x' is not understood here
          **  * * * * | 1 | '*' is not understood here
          */0 * * * * | 2 | the step must be 1 to 59
          */60 * * * * | 2 | the step must be 1 to 59 here; a larger one would fire once
          * */24 * * * | 4 | the step must be 1 to 23
          10-20/11 * * * * | 6 | the step must be 1 to 10
          59/2 * * * * | 3 | there is nothing to step through
          */ * * * * | 2 | a step is missing
          */5/2 * * * * | 3 | '/2' is not understood here
          ? * * * * | 0 | '?' is for the day fields
          * * ?,1 * * | 4 | '?' must stand alone
          L * * * * | 0 | 'L' is for the day fields
          * * L-0 * * | 6 | must be 1 to 30
          * * L-31 * * | 6 | must be 1 to 30
          * * L- * * | 6 | a number from 1 to 30 is missing
          * * W * * | 4 | 'W' is unknown
          * * 32W * * | 4 | 32 is out of range
          * * 1-5W * * | 7 | 'W' is not understood here
          * * * FOO * | 6 | 'FOO' is unknown
          * * * JANUARY * | 9 | 'UARY' is not understood here
          * * * * L | 8 | 'L' needs a day before it
          * * * * MON#6 | 12 | must be 1 to 5
          * * * * MON#0 | 12 | must be 1 to 5
          * * * * MON# | 12 | a number from 1 to 5 is missing
          * * * * MON-FRI#2 | 15 | '#2' is not understood here
          * * * * 8L | 8 | 8 is out of range
          H( * * * * | 2 | a number is missing
          H(1 * * * * | 3 | '-' is missing
          H(1-2 * * * * | 5 | ')' is missing
          H(5-1) * * * * | 0 | must not begin after its end
          H(1-60) * * * * | 4 | 60 is out of range
          H/60 * * * * | 2 | the step must be 1 to 59
          H-5 * * * * | 1 | takes its range in brackets
          * * * * H(1-7) | 8 | must end at 6 or before
          @reboot | 0 | belongs to no machine
          @every 5m | 0 | give the interval as 'every'
          '  @secondly' | 2 | '@secondly' is unknown
          @daily * | 7 | Nothing may follow @daily
          TZ=UTC * * * * * | 0 | A time zone is not part of the expression
          0 0 31 2 * | 4 | can never fire
          0 0 30 FEB * | 4 | can never fire
          0 0 31 4,6,9,11 * | 4 | can never fire
          0 0 L-29 2 * | 4 | can never fire
          0 0 0 31W 6 ? | 6 | can never fire
          ５ * * * * | 0 | '?' is not a number
          """)
  void a_fault_is_answered_with_its_place_and_what_is_allowed(
      String text, int position, String said) {
    CronException fault = assertThrows(CronException.class, () -> cron(text));
    assertAll(
        () -> assertEquals(position, fault.position(), fault.getMessage()),
        () -> assertTrue(fault.getMessage().contains(said), fault.getMessage()));
  }

  @Test
  void a_text_that_is_too_long_is_refused_where_it_grows_too_long() {
    String longest = "1,".repeat(95) + "1 * * * *";
    assertEquals(199, longest.length());
    cron(longest + " ");
    CronException fault = assertThrows(CronException.class, () -> cron(longest + "  "));
    assertEquals(CronExpression.LONGEST, fault.position());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          @yearly | 0 0 1 1 *
          @ANNUALLY | 0 0 1 1 *
          @monthly | 0 0 1 * *
          @weekly | 0 0 * * SUN
          @daily | 0 0 * * *
          @midnight | 0 0 * * *
          ' @hourly ' | 0 * * * *
          0 0 * * 7 | 0 0 * * 0
          0 0 * * 5-7 | 0 0 * * FRI,SAT,SUN
          0 0 * * 0-7 | 0 0 * * SUN-SAT
          0 0 * * fri-Mon | 0 0 * * 5,6,0,1
          0 0 * * 7L | 0 0 * * SUNL
          0 0 * * 7#1 | 0 0 * * sun#1
          0 22-2 * * * | 0 22,23,0,1,2 * * *
          0 22-3/2 * * * | 0 22,0,2 * * *
          5/20 * * * * | 5,25,45 * * * *
          0 0 1 nov-feb * | 0 0 1 11,12,1,2 *
          0 0 ? * 1 | 0 0 * * 1
          0 0 1 * ? | 0 0 1 * *
          0 0 28-2 * * | 0 0 28,29,30,31,1,2 * *
          """)
  void two_texts_mean_the_same(String one, String other) {
    LocalDateTime at = NEW_YEAR;
    for (int i = 0; i < 100; i++) {
      LocalDateTime next = next(one, at);
      assertEquals(next(other, at), next);
      at = next;
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 9 * * 1-5 | 2026-01-01T09:00
          0 0 29 2 * | 2028-02-29T00:00
          0 0 L * * | 2026-01-31T00:00
          0 0 L-3 2 * | 2026-02-25T00:00
          0 0 LW * * | 2026-01-30T00:00
          0 0 15W 2 * | 2026-02-16T00:00
          0 0 1W 8 * | 2026-08-03T00:00
          0 0 31W 5 * | 2026-05-29T00:00
          0 0 31W * * | 2026-01-30T00:00
          0 0 * * FRIL | 2026-01-30T00:00
          0 0 * * MON#2 | 2026-01-12T00:00
          0 0 * 2 SUN#5 | 2032-02-29T00:00
          0 0 13 * FRI | 2026-01-02T00:00
          0 0 */2 * MON | 2026-01-03T00:00
          0 0 31 2 MON | 2026-02-02T00:00
          30 0 0 1 1 * | 2026-01-01T00:00:30
          * * * * * * | 2026-01-01T00:00:01
          59 59 23 31 12 * | 2026-12-31T23:59:59
          """)
  void the_first_local_time_of_2026(String text, LocalDateTime first) {
    assertEquals(first, next(text, NEW_YEAR));
  }

  @Test
  void with_five_fields_each_second_of_a_minute_matches() {
    assertTrue(cron("0 9 * * *").matches(LocalDateTime.of(2026, 1, 1, 9, 0, 59, 5)));
    assertFalse(cron("0 0 9 * * *").matches(LocalDateTime.of(2026, 1, 1, 9, 0, 59)));
    assertTrue(cron("0 0 9 * * *").matches(LocalDateTime.of(2026, 1, 1, 9, 0, 0, 5)));
  }

  @Test
  void nothing_fires_after_the_last_year() {
    CronExpression daily = cron("@daily");
    LocalDateTime last = LocalDateTime.of(CronExpression.LAST_YEAR, 12, 31, 0, 0);
    assertEquals(last, daily.nextLocal(last.minusNanos(1)).orElseThrow());
    assertTrue(daily.nextLocal(last).isEmpty());
    assertTrue(cron("* * * * * *").nextLocal(LocalDateTime.MAX).isEmpty());
    assertTrue(cron("* * * * * *").nextLocal(last.plusDays(1).minusSeconds(1)).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"* * * * *", "0 */2 * * *", "0 1-5/2 * * *", "0 H/6 * * *", "0 5,*/6 * * *"})
  void an_hour_field_with_a_star_or_a_step_runs_through_clock_changes(String text) {
    assertTrue(cron(text).runsThrough());
  }

  @ParameterizedTest
  @ValueSource(strings = {"* 2 * * *", "0 0-23 * * *", "0 H * * *", "*/5 1,2 * * *"})
  void an_hour_field_that_names_its_hours_does_not(String text) {
    assertFalse(cron(text).runsThrough());
  }

  @Test
  void h_spreads_schedules_and_stays_the_same() {
    Set<LocalDateTime> firsts = new TreeSet<>();
    for (int i = 0; i < 1000; i++) {
      CronExpression cron = CronExpression.parse("H H H * *", "report-" + i);
      LocalDateTime first = cron.nextLocal(NEW_YEAR.minusSeconds(1)).orElseThrow();
      assertTrue(first.getDayOfMonth() <= 28);
      firsts.add(first);
    }
    assertTrue(firsts.size() > 950, firsts.size() + " times");
    assertEquals("2026-01-18T14:24", next("H H H * *", NEW_YEAR).toString());
  }

  @ParameterizedTest
  @CsvSource({"H/15,4,15", "H(10-19),1,0", "H(0-29)/10,3,10", "H(30-59)/10,3,10"})
  void h_with_a_range_or_a_step_stays_in_it(String field, int times, int step) {
    for (int i = 0; i < 100; i++) {
      CronExpression cron = CronExpression.parse(field + " 0 1 1 *", "report-" + i);
      LocalDateTime at = cron.nextLocal(NEW_YEAR.minusSeconds(1)).orElseThrow();
      LocalDateTime first = at;
      for (int more = 1; more < times; more++) {
        LocalDateTime next = cron.nextLocal(at).orElseThrow();
        assertEquals(at.plusMinutes(step), next);
        at = next;
      }
      assertEquals(2027, cron.nextLocal(at).orElseThrow().getYear());
      assertEquals(field.equals("H(30-59)/10"), first.getMinute() >= 30);
    }
  }

  @Test
  void any_text_is_read_or_refused_with_a_place_in_it() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String letters = "0123456789*/-,LWH#()?@ \tMONJAN7xé\0\n";
    assertTimeout(
        Duration.ofSeconds(20),
        () -> {
          for (int i = 0; i < 60_000; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "" : "0 0 ");
            for (int length = random.nextInt(30); length > 0; length--) {
              text.append(letters.charAt(random.nextInt(letters.length())));
            }
            try {
              cron(text.toString()).sentence();
            } catch (CronException fault) {
              assertTrue(fault.position() >= 0 && fault.position() <= text.length());
            }
          }
        },
        () -> "seed " + seed);
  }
}
