package dev.taskscheduler.time;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "0, PT0S",
    "0s, PT0S",
    "500ms, PT0.5S",
    "2s, PT2S",
    "10m, PT10M",
    "24h, PT24H",
    "7d, PT168H",
    "1h30m, PT1H30M",
    "PT2S, PT2S",
    "pt1m, PT1M",
    "P1D, PT24H",
    "PT1.5S, PT1.5S",
    "P2W, PT336H"
  })
  void reads_what_people_write(String text, Duration read) {
    assertEquals(Optional.of(read), Durations.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2", "2 s", "s", "-2s", "PT-2S", "1.5s", "2S", "PT", "2s.", "1d x"})
  void refuses_everything_else(String text) {
    assertEquals(Optional.empty(), Durations.parse(text));
  }
}
