package dev.taskscheduler.handlers.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class BodyMemoryLimitTest {
  private static final int MIB = 1 << 20;

  private final BodyMemoryLimit room =
      new BodyMemoryLimit(16L * MIB); // of which a sixteenth is for bodies

  @Test
  void a_large_body_waits_while_there_is_no_room_and_small_ones_pass() {
    BodyMemoryLimit.Share first = room.share();
    BodyMemoryLimit.Share beyond = room.share();
    BodyMemoryLimit.Share next = room.share();
    first.atLeast(MIB);
    beyond.atLeast(MIB); // one may go beyond the limit
    next.atLeast(BodyMemoryLimit.SMALL);
    Thread.ofVirtual().start(first::close);
    Thread.ofVirtual().start(beyond::close);
    next.atLeast(MIB);
    next.close();
  }

  @Test
  void a_body_counts_what_has_arrived_of_it() {
    List<BodyMemoryLimit.Share> few = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      BodyMemoryLimit.Share share = room.share();
      share.atLeast(2 * BodyMemoryLimit.SMALL);
      few.add(share);
    }
    try (BodyMemoryLimit.Share whole = room.share()) {
      whole.atLeast(MIB / 2);
    }
    few.forEach(BodyMemoryLimit.Share::close);
  }

  @Test
  void bodies_that_grow_side_by_side_do_not_wait_for_each_other_for_ever() throws Exception {
    int count = 8; // times the room
    CountDownLatch halfRead = new CountDownLatch(count);
    List<CompletableFuture<Void>> bodies = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      CompletableFuture<Void> read = new CompletableFuture<>();
      bodies.add(read);
      Thread.ofVirtual()
          .start(() -> {
            try (BodyMemoryLimit.Share share = room.share()) {
              share.atLeast(MIB / 8);
              halfRead.countDown();
              halfRead.await();
              share.atLeast(MIB);
              read.complete(null);
            } catch (InterruptedException | RuntimeException e) {
              read.completeExceptionally(e);
            }
          });
    }
    for (CompletableFuture<Void> read : bodies) {
      read.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void a_wait_that_is_interrupted_ends_at_once() {
    try (BodyMemoryLimit.Share first = room.share();
        BodyMemoryLimit.Share beyond = room.share();
        BodyMemoryLimit.Share next = room.share()) {
      first.atLeast(MIB);
      beyond.atLeast(MIB);
      Thread.currentThread().interrupt();
      assertEquals(
          503, assertThrows(BodyMemoryLimit.NoRoom.class, () -> next.atLeast(MIB)).status().code());
      assertTrue(Thread.interrupted(), "the mark is kept for who asks next");
    }
  }
}
