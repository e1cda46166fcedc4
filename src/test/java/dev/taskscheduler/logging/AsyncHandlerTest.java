package dev.taskscheduler.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class AsyncHandlerTest {
  /// Writes nothing until it is opened, as a pipe that nobody reads.
  private static final class Pipe extends Handler {
    private final CountDownLatch open = new CountDownLatch(1);
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord record) {
      try {
        open.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      lines.add(record.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void a_log_that_nobody_reads_holds_nobody_up_and_tells_later_what_was_lost() {
    Pipe pipe = new Pipe();
    AsyncHandler handler = new AsyncHandler(pipe);
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          for (int i = 0; i < 15_000; i++) {
            handler.publish(new LogRecord(Level.INFO, "line " + i));
          }
          pipe.open.countDown();
          handler.close();
        });
    assertEquals("line 0", pipe.lines.getFirst());
    String last = pipe.lines.getLast();
    assertTrue(last.matches("log lines dropped, .* count=(4999|5000)"), last);
    assertTrue(pipe.lines.contains("line 9999"), "what fits is written");
  }

  @Test
  void an_end_waits_for_a_blocked_log_only_a_little() {
    AsyncHandler handler = new AsyncHandler(new Pipe());
    handler.publish(new LogRecord(Level.INFO, "never read"));
    assertTimeoutPreemptively(Duration.ofSeconds(10), handler::close);
  }
}
