package dev.taskscheduler.runner.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;
import org.junit.jupiter.api.Test;

/// Heads of answers that are read at once share the memory limit for answers.
class HeadLimitTest {
  private static int status(HeadLimit limit, int bytes) throws Exception {
    String head = "HTTP/1.1 200 OK\r\nX: " + "x".repeat(bytes) + "\r\n\r\n";
    return limit
        .parser(Connection.LIMITS)
        .parse(
            new SessionInputBufferImpl(1024),
            new ByteArrayInputStream(head.getBytes(StandardCharsets.US_ASCII)))
        .getCode();
  }

  @Test
  void targets_that_send_large_heads_and_stall_share_a_bounded_memory() throws Exception {
    ResponseMemoryLimit memory = new ResponseMemoryLimit(32 << 10);
    HeadLimit first = new HeadLimit(memory);
    HeadLimit second = new HeadLimit(memory);
    assertEquals(200, status(first, 16_000));
    assertThrows(IOException.class, () -> status(second, 16_000));
    second.release();
    assertEquals(200, status(second, 3_000));
    second.release();
    first.release();
    assertEquals(200, status(second, 16_000));
  }
}
