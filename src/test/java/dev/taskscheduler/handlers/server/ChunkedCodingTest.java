package dev.taskscheduler.handlers.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChunkedCodingTest {
  private static final int MAX_BODY = 20;
  private static final String NEXT = "GET / HTTP/1.1";

  private final ChunkedCoding coding = new ChunkedCoding(MAX_BODY);
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private int pass(String text) {
    return coding.pass(text.getBytes(ISO_8859_1), 0, out);
  }

  private String passed() {
    return out.toString(ISO_8859_1);
  }

  @Test
  void extensions_and_trailers_are_left_out() {
    String body =
        "5;a=b;c=\"d;e\"\r\n{\"pay\r\n00008 ;x\r\nload\":1}\r\n0;last\r\nDigest: x\r\nY: z\r\n\r\n";
    assertEquals(body.length(), pass(body + NEXT));
    assertTrue(coding.over());
    assertEquals("5\r\n{\"pay\r\n8\r\nload\":1}\r\n0\r\n\r\n", passed());
  }

  @Test
  void a_body_means_the_same_wherever_it_was_split() {
    String body = "A;x=y\r\n0123456789\r\n1\r\n-\r\n0\r\nT: t\r\n\r\n";
    for (int first = 0; first <= body.length(); first++) {
      for (int second = first; second <= body.length(); second++) {
        ChunkedCoding split = new ChunkedCoding(MAX_BODY);
        ByteArrayOutputStream to = new ByteArrayOutputStream();
        split.pass(body.substring(0, first).getBytes(ISO_8859_1), 0, to);
        split.pass(body.substring(first, second).getBytes(ISO_8859_1), 0, to);
        assertEquals(second == body.length(), split.over());
        split.pass(body.substring(second).getBytes(ISO_8859_1), 0, to);
        assertTrue(split.over());
        String data = to.toString(ISO_8859_1).replaceAll("[0-9a-f]+\r\n(.+?)\r\n", "$1");
        assertEquals("0123456789-0\r\n\r\n", data);
      }
    }
  }

  @Test
  void what_two_readers_could_read_in_two_ways_is_refused() {
    for (String body :
        List.of(
            "\r\n",
            "+d\r\n",
            "-1\r\n",
            "0x5\r\nhello\r\n",
            " 5\r\nhello\r\n",
            "5 \r\nhello\r\n",
            "5\nhello\r\n",
            "5\rhello",
            "5;a\nhello\r\n",
            "5;a\r5\r\n",
            "5;\0\r\nhello\r\n",
            "5\r\nhelloXX0\r\n\r\n",
            "5\r\nhello\n0\r\n\r\n",
            "5\r\nhello0\r\n\r\n",
            "g\r\n",
            "\u00b2\r\n",
            ";a=b\r\n",
            "0\r\nT: t\n\r\n",
            "0\r\nT: t\rX\r\n\r\n",
            "0\r\n\rX")) {
      ChunkedCoding strict = new ChunkedCoding(MAX_BODY);
      assertThrows(
          BadFraming.class, () -> strict.pass(body.getBytes(ISO_8859_1), 0, out), () -> body);
      assertFalse(strict.over());
    }
  }

  @Test
  void what_comes_before_a_fault_is_passed_on() {
    assertThrows(BadFraming.class, () -> pass("5\r\nhello\r\n5\r\nworldXX"));
    assertEquals("5\r\nhello\r\n5\r\nworld\r\n", passed());
  }

  @Test
  void a_body_is_refused_once_it_announces_too_much() {
    for (String body : List.of("15\r\n", "8000000000000000\r\n", "10000000000000005\r\n")) {
      ChunkedCoding limited = new ChunkedCoding(MAX_BODY);
      assertEquals(
          413,
          assertThrows(BadFraming.class, () -> limited.pass(body.getBytes(ISO_8859_1), 0, out))
              .status()
              .code());
    }
    pass("a\r\n0123456789\r\na\r\n0123456789\r\n");
    assertEquals(413, assertThrows(BadFraming.class, () -> pass("1\r\n")).status().code());
  }

  @Test
  void lines_and_trailers_have_limits() {
    assertEquals(ChunkedCoding.MAX_LINE, pass("0".repeat(ChunkedCoding.MAX_LINE)));
    assertThrows(BadFraming.class, () -> pass("0"));

    ChunkedCoding extended = new ChunkedCoding(MAX_BODY);
    byte[] extension = ("5;" + "x".repeat(ChunkedCoding.MAX_LINE)).getBytes(ISO_8859_1);
    assertThrows(BadFraming.class, () -> extended.pass(extension, 0, out));

    ChunkedCoding trailed = new ChunkedCoding(MAX_BODY);
    String trailers = "0\r\n" + "T: t\r\n".repeat(ChunkedCoding.MAX_TRAILERS / 6);
    trailed.pass(trailers.getBytes(ISO_8859_1), 0, out);
    assertThrows(BadFraming.class, () -> trailed.pass("T: t\r\n\r\n".getBytes(ISO_8859_1), 0, out));
  }
}
