package dev.taskscheduler.runner.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseMemoryLimitTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0, false",
    "1, 0, 0, true",
    "10, 10, 10, false",
    "11, 10, 10, true",
    "9000, 8192, 8192, true",
    "8192, 8192, 8192, false",
    "9000, 20000, 9000, false"
  })
  void a_body_is_read_up_to_its_bound(int sent, int most, int kept, boolean cut)
      throws IOException {
    ResponseMemoryLimit memory = new ResponseMemoryLimit(1 << 20);
    ResponseMemoryLimit.Body body = memory.read(new ByteArrayInputStream(new byte[sent]), most);
    assertEquals(kept, body.bytes().length);
    assertEquals(cut, body.truncated());
  }

  @Test
  void all_that_are_under_way_share_the_room() throws IOException {
    ResponseMemoryLimit memory = new ResponseMemoryLimit(8 << 10);
    InputStream slow =
        new ByteArrayInputStream(new byte[6 << 10]) {
          private boolean asked;

          @Override
          public int read(byte[] into, int from, int length) {
            if (!asked) {
              asked = true;
              ResponseMemoryLimit.Body other = other();
              assertEquals(4 << 10, other.bytes().length);
              assertTrue(other.truncated());
            }
            return super.read(into, from, length);
          }

          private ResponseMemoryLimit.Body other() {
            try {
              return memory.read(new ByteArrayInputStream(new byte[5 << 10]), 6 << 10);
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          }
        };
    assertEquals(6 << 10, memory.read(slow, 7 << 10).bytes().length);
    assertFalse(memory.read(new ByteArrayInputStream(new byte[5 << 10]), 6 << 10).truncated());
  }
}
