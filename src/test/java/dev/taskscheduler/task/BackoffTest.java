package dev.taskscheduler.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
  @Test
  void the_longest_wait_grows_by_the_factor_up_to_the_cap() {
    Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1), 2.5);
    assertEquals(Duration.ofMillis(100), backoff.most(1));
    assertEquals(Duration.ofMillis(250), backoff.most(2));
    assertEquals(Duration.ofMillis(625), backoff.most(3));
    assertEquals(Duration.ofSeconds(1), backoff.most(4));
    assertEquals(Duration.ofSeconds(1), backoff.most(1000), "no overflow");
  }

  @Test
  void a_factor_of_one_never_grows() {
    Backoff backoff = new Backoff(Duration.ofMillis(5), Duration.ofDays(1), 1);
    assertEquals(Duration.ofMillis(5), backoff.most(1000));
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S,PT1S,2",
    "PT-1S,PT1S,2",
    "PT0.0005S,PT1S,2",
    "PT2S,PT1S,2",
    "PT1S,P1DT0.001S,2",
    "PT1S,PT2S,0.99",
    "PT1S,PT2S,100.1",
    "PT1S,PT2S,NaN",
  })
  void what_makes_no_sense_is_refused(Duration base, Duration cap, double factor) {
    assertThrows(IllegalArgumentException.class, () -> new Backoff(base, cap, factor));
  }
}
