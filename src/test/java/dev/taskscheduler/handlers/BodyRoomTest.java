package dev.taskscheduler.handlers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class BodyRoomTest {
  private static final int MIB = 1 << 20;

  @Test
  void a_large_body_waits_while_there_is_no_room_and_small_ones_pass() {
    BodyRoom room = new BodyRoom(1, MIB); // always room for one
    int large = room.weigh(MIB);
    assertTrue(room.enter(large));
    assertEquals(0, room.weigh(4 * 1024));
    assertTrue(room.enter(0));
    Thread.ofVirtual().start(() -> room.leave(large));
    assertTrue(room.enter(large), "not within its time");
  }

  @Test
  void a_wait_that_is_interrupted_ends_at_once() {
    BodyRoom room = new BodyRoom(1, MIB);
    assertTrue(room.enter(room.weigh(MIB)));
    Thread.currentThread().interrupt();
    assertFalse(room.enter(room.weigh(MIB)));
    assertTrue(Thread.interrupted(), "the mark is kept for who asks next");
  }
}
