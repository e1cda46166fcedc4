package dev.taskscheduler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableTest {
  @Test
  void columns_are_as_wide_as_their_widest_cell() {
    assertEquals(
        List.of("NAME    N", "a       1", "longer  22"),
        new Table("NAME", "N").row("a", "1").row("longer", "22").lines());
    assertEquals(List.of("NAME  N", "🚀     1"), new Table("NAME", "N").row("🚀", "1").lines());
  }

  @Test
  void cells_are_one_line_harmless_and_cut() {
    List<String> lines = new Table("ERROR").row("a\nb\u001b[2J").row("x".repeat(1000)).lines();
    assertEquals("a\\u000ab\\u001b[2J", lines.get(1));
    assertTrue(lines.get(2).length() <= 80);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-23T08:55:00.000000Z, 0s",
    "2026-11-23T08:54:30.000000Z, 30s",
    "2026-11-23T08:50:55.000000Z, 4m05s",
    "2026-11-23T06:50:00.000000Z, 2h05m",
    "2026-11-19T07:55:00.000000Z, 4d01h",
    "2026-11-24T08:55:00.000000Z, 0s",
    "soon, ''",
    "'', ''"
  })
  void the_time_since_then_has_two_units(String time, String shown) {
    assertEquals(shown, Times.since(time, Instant.parse("2026-11-23T08:55:00Z")));
  }

  @Test
  void times_are_shown_to_the_second() {
    assertEquals("2026-11-23T08:55:00Z", Times.shown("2026-11-23T08:55:00.717123Z"));
  }
}
