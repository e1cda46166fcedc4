package dev.taskscheduler.handlers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.taskscheduler.handlers.auth.AccessPolicy;
import dev.taskscheduler.handlers.tls.TlsIdentity;
import dev.taskscheduler.handlers.tls.Transport;
import dev.taskscheduler.handlers.wire.Paths;
import dev.taskscheduler.testing.TestIdentity;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What clients send wrongly leaves no stack trace in the log, at any level of this program.
@Timeout(120)
class StackTracesIT {
  private static final Logger ROOT = Logger.getLogger("");
  private static final List<String> TRACES = new CopyOnWriteArrayList<>();
  private static final Handler READER =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          if (record.getThrown() != null) {
            TRACES.add(record.getLoggerName() + " " + record.getMessage() + record.getThrown());
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  /// Values that the parsers of headers stumble over.
  private static final List<String> ODD =
      List.of(
          "",
          ",",
          ";;;",
          "/",
          "a/b/c",
          "*/*;q=x",
          "text/plain;q=2;q=",
          "application/json; charset=nonsense",
          "\"",
          "a=b; =",
          "9999999999999999999999",
          "-1",
          "bytes=9-1",
          "Thu, 99 Foo 2026",
          "\u00ff\u00fe",
          "x".repeat(9_000));

  private static final List<String> HEADERS =
      List.of(
          "Accept",
          "Accept-Encoding",
          "Authorization",
          "Content-Encoding",
          "Content-Length",
          "Content-Type",
          "Cookie",
          "Expect",
          "Forwarded",
          "Host",
          "Idempotency-Key",
          "If-Modified-Since",
          "If-None-Match",
          "Origin",
          "Range",
          "traceparent",
          "Transfer-Encoding",
          "Upgrade",
          "X-Forwarded-For");

  private static final Logger OURS = Logger.getLogger("dev.taskscheduler");

  private static RestFace face;

  @BeforeAll
  static void start() throws IOException {
    face = new RestFace();
    ROOT.addHandler(READER);
    OURS.setLevel(Level.ALL);
  }

  @AfterAll
  static void stop() {
    ROOT.removeHandler(READER);
    OURS.setLevel(null);
    face.close();
  }

  /// Sends bytes, says that there will be no more, and reads to the end.
  private static void send(int port, byte[] bytes) throws IOException {
    try (RawConnection raw = new RawConnection(port)) {
      raw.send(bytes).endOutput().awaitClosed();
    } catch (java.net.SocketException e) {
      // closed before all was sent
    }
  }

  private static void send(String text) throws IOException {
    TRACES.clear();
    send(face.uri("").getPort(), text.getBytes(ISO_8859_1));
    assertEquals(List.of(), TRACES, text);
  }

  @Test
  void odd_headers() throws IOException {
    for (String name : HEADERS) {
      for (String value : ODD) {
        send("GET /tasks HTTP/1.1\r\nHost: h\r\n%s: %s\r\n\r\n".formatted(name, value));
        send(
            "POST /submit HTTP/1.1\r\nHost: h\r\n%s: %s\r\nContent-Length: 2\r\n\r\n{}"
                .formatted(name, value));
      }
    }
  }

  @Test
  void odd_headers_and_queries_on_every_path() throws IOException {
    for (Map.Entry<String, String> path : Paths.ALLOWED.entrySet()) {
      for (String method : List.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE")) {
        if (method.equals("GET") && path.getKey().equals(Paths.EVENTS)) {
          continue; // its answer has no end
        }
        for (String rest :
            List.of(
                "?%zz HTTP/1.1\r\nHost: h\r\n\r\n",
                "?=&&a=%ff&limit=%00&cursor=%F0%28 HTTP/1.1\r\nHost: h\r\n\r\n",
                " HTTP/1.1\r\nHost: h\r\nAccept: a/b/c;q=x\r\nContent-Type: /\r\n\r\n",
                " HTTP/1.1\r\nHost: h\r\nContent-Length: 7\r\n\r\n{\"a\":[}")) {
          send(method + " " + path.getKey().replaceAll("[{}]", "") + rest);
        }
      }
    }
  }

  @Test
  void what_is_no_http() throws IOException {
    for (String text :
        List.of(
            "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u0000\u0000\u0000\u0004",
            "*1\r\n$4\r\nPING\r\n",
            "GET / HTTP/9.9\r\n\r\n",
            "GET\r\n\r\n",
            "\r\n\r\n\r\n",
            "GET / HTTP/1.1\r\n: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost\r\n\r\n",
            "POST /submit HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{",
            "POST /submit HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{",
            "POST /submit HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
            "POST /submit/batch HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{\"tasks\":")) {
      send(text);
    }
  }

  /// With a reset instead of an end, in the middle of a body and before the answer is read.
  @Test
  void clients_that_hang_up() throws IOException {
    TRACES.clear();
    for (String text :
        List.of(
            "POST /submit HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{",
            "GET /swagger/swagger-ui-bundle.js HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET /tasks HTTP/1.1\r\nHost: h\r\n\r\n".repeat(50))) {
      for (int i = 0; i < 20; i++) {
        try (Socket socket = new Socket("127.0.0.1", face.uri("").getPort())) {
          socket.setSoLinger(true, 0);
          socket.getOutputStream().write(text.getBytes(ISO_8859_1));
        }
      }
    }
    send("GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n"); // another connection goes on
    assertEquals(List.of(), TRACES);
  }

  @Test
  void what_is_no_tls(@TempDir Path folder) throws Exception {
    TestIdentity identity = TestIdentity.make(folder, "EC", "n");
    Path certificate = folder.resolve("c");
    Path key = folder.resolve("k");
    identity.write(certificate, key);
    try (HttpServer server =
        new HttpServer(
            TestServers.config(
                1 << 16,
                1 << 16,
                Duration.ofSeconds(5),
                new AccessPolicy.Everyone(),
                new Transport.Encrypted((TlsIdentity.Valid) TlsIdentity.read(certificate, key))),
            TestServers.scheduler(new MemoryStore()),
            (route, status, nanos) -> {},
            TestServers.UNLIMITED)) {
      server.start(() -> {});
      TRACES.clear();
      for (String text :
          List.of(
              "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
              "\u0016\u0003\u0001\u0000\u0005hello",
              "\u0016\u0003\u0001\u00ff\u00ff" + "x".repeat(70_000),
              "\u0015\u0003\u0003\u0000\u0002\u0002\u0028",
              "")) {
        send(server.port(), text.getBytes(ISO_8859_1));
      }
      assertEquals(List.of(), TRACES);
    }
  }
}
