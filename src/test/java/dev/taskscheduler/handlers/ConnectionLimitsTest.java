package dev.taskscheduler.handlers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.taskscheduler.handlers.server.ConnectionLimits;
import org.junit.jupiter.api.Test;

class ConnectionLimitsTest {
  private static final long HEAP = 128L << 20;

  @Test
  void what_is_left_open_follows_the_heap() {
    assertEquals(new ConnectionLimits(1024, 512), ConnectionLimits.BY_MEMORY.within(HEAP, 100_000));
  }

  @Test
  void what_is_said_counts() {
    assertEquals(
        new ConnectionLimits(5000, 7), new ConnectionLimits(5000, 7).within(HEAP, 100_000));
  }

  @Test
  void there_are_never_more_than_files() {
    assertEquals(new ConnectionLimits(91, 46), ConnectionLimits.BY_MEMORY.within(HEAP, 91));
    assertEquals(new ConnectionLimits(91, 46), new ConnectionLimits(5000, 0).within(HEAP, 91));
  }
}
