package dev.taskscheduler.handlers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.taskscheduler.testing.Eventually;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// While a node drains, each answer is the last on its connection and says so.
@Timeout(60)
class DrainIT {
  @Test
  void whatever_is_asked_the_answer_says_that_it_is_the_last() throws Exception {
    try (RestFace face = new RestFace()) {
      List<String> requests =
          List.of(
              "GET /leader HTTP/1.1\r\nHost: h\r\n\r\n",
              "GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n",
              "DELETE /submit HTTP/1.1\r\nHost: h\r\n\r\n",
              "GET /openapi HTTP/1.1\r\nHost: h\r\n\r\n",
              "GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n",
              "GET /metrics HTTP/1.1\r\nHost: h\r\nAccept: image/png\r\n\r\n",
              "GET /swagger/index.html HTTP/1.1\r\nHost: h\r\n\r\n",
              submit("/submit", "application/json", "{\"payload\":1}"),
              submit("/submit", "application/json", "{"),
              submit("/nowhere", "application/json", "{\"payload\":1}"),
              submit("/submit/batch", "application/x-ndjson", "{\"payload\":1}\n"));
      for (String request : requests) {
        try (RawConnection connection = new RawConnection(face.uri("/").getPort())) {
          assertEquals("keep-alive", connection.send(request).read().header("connection"), request);
        }
      }
      face.drain();
      for (String request : requests) {
        try (RawConnection connection = new RawConnection(face.uri("/").getPort())) {
          RawConnection.Answer answer = connection.send(request).read();
          assertEquals("close", answer.header("connection"), request);
          assertThrows(IOException.class, connection::read, request);
        }
      }
    }
  }

  @Test
  void a_connection_that_was_used_is_told_after_the_port_is_closed_a_quiet_one_is_closed()
      throws Exception {
    String request = "GET /leader HTTP/1.1\r\nHost: h\r\n\r\n";
    try (RestFace face = new RestFace()) {
      int port = face.uri("/").getPort();
      try (RawConnection quiet = new RawConnection(port);
          RawConnection used = new RawConnection(port);
          RawConnection fresh = new RawConnection(port)) {
        quiet.send(request).read();
        used.send(request).read();
        face.drain();
        Thread stop = Thread.ofPlatform().start(face::stop);
        Eventually.await("the port is closed", () -> refused(port));
        assertEquals("close", used.send(request).read().header("connection"));
        assertEquals("close", fresh.send(request).read().header("connection"));
        quiet.awaitClosed();
        stop.join();
      }
    }
  }

  private static boolean refused(int port) {
    try (RawConnection connection = new RawConnection(port)) {
      return connection == null;
    } catch (IOException e) {
      return true;
    }
  }

  private static String submit(String path, String type, String body) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: h\r\nContent-Type: "
        + type
        + "\r\nContent-Length: "
        + body.getBytes(UTF_8).length
        + "\r\n\r\n"
        + body;
  }
}
