package dev.taskscheduler.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A node as in the image, of 128 MiB, that ends where memory does: no client can bring it there.
@Timeout(120)
class HostileClientsIT {
  private static final int CLIENTS = 150;
  private static final int PIPELINED = 8;
  private static final int LARGE = 3 << 20;
  private static final int PART = 1 << 17;
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final RedisServer REDIS = new RedisServer();
  private static NodeProcess node;
  private final List<Socket> sockets = new ArrayList<>();

  @BeforeAll
  static void start() {
    node =
        NodeProcess.program(
            "node1", Map.of("REDIS_ADDR", REDIS.address(), "MAX_BODY_BYTES", "3MiB"));
    node.awaitReady().awaitLeads();
  }

  @AfterAll
  static void stop() {
    node.close();
    REDIS.close();
  }

  @AfterEach
  void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    assertServes();
    assertEquals(List.of(), node.lines("OutOfMemory"), node::output);
    assertEquals(List.of(), node.lines(" ERROR "), node::output);
  }

  private static void assertServes() throws IOException {
    node.awaitLive();
    node.awaitState(node.accepted("log", "1"), "completed");
    assertEquals(200, node.status("GET", "/swagger/index.html", ""));
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port());
    sockets.add(socket);
    return socket;
  }

  /// Connects all clients, sends the requests of each, and reads nothing.
  private void ask(String path, int clients, int receiveBuffer) throws IOException {
    byte[] requests =
        ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .repeat(PIPELINED)
            .getBytes(ISO_8859_1);
    for (int i = 0; i < clients; i++) {
      Socket socket = new Socket();
      sockets.add(socket);
      socket.setReceiveBufferSize(receiveBuffer);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), node.port()));
      socket.getOutputStream().write(requests);
    }
  }

  /// Reads from each client, so slowly that the node has to hold a response for each, and just fast
  /// enough that it does not cut one off.
  private void readSlowly(Duration time) throws IOException {
    byte[] bytes = new byte[PART];
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      long next = System.nanoTime() + PAUSE.toNanos();
      for (Socket socket : sockets) {
        InputStream in = socket.getInputStream();
        for (int read = 0; read < PART && in.available() > 0; ) {
          read += in.read(bytes, 0, PART - read);
        }
      }
      LockSupport.parkNanos(next - System.nanoTime());
    }
  }

  @Test
  void readers_that_do_not_read_large_files_end_nothing() throws IOException {
    ask("/swagger/swagger-ui-bundle.js", CLIENTS, 4096);
    assertServes();
  }

  @Test
  void readers_that_read_large_tasks_slowly_end_nothing() throws IOException {
    String task = node.accepted("log", "\"" + "x".repeat(LARGE - 100) + "\"");
    node.awaitState(task, "completed");
    ask("/tasks/" + task, CLIENTS / 2, 1 << 16);
    readSlowly(Duration.ofSeconds(15));
    assertServes();
    ask("/openapi", CLIENTS, 4096);
    assertServes();
  }

  @Test
  void a_line_of_a_chunk_without_an_end_ends_nothing_also_after_a_refusal() throws IOException {
    byte[] zeros = new byte[1 << 20];
    Arrays.fill(zeros, (byte) '0');
    for (String path : List.of("/submit", "/nowhere", "/leader", "/submit/batch")) {
      OutputStream out = connect().getOutputStream();
      out.write(
          ("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
              .getBytes(ISO_8859_1));
      int sent = 0;
      try {
        while (sent < 200) {
          out.write(zeros);
          sent++;
        }
      } catch (IOException e) {
        // cut off
      }
      assertTrue(sent < 200, path);
    }
  }

  @Test
  void clients_that_announce_large_bodies_and_send_few_bytes_keep_no_batch_out()
      throws IOException {
    for (int i = 0; i < CLIENTS; i++) {
      boolean batch = i % 2 == 0;
      connect()
          .getOutputStream()
          .write(
              ("POST "
                      + (batch ? "/submit/batch" : "/submit")
                      + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                      + "Content-Length: 1000000\r\n\r\n[{\"pay")
                  .getBytes(ISO_8859_1));
    }
    long from = System.nanoTime();
    String batch = "[{\"payload\":\"" + "x".repeat(100_000) + "\"}]";
    assertEquals(200, node.status("POST", "/submit/batch", batch));
    node.accepted("log", "\"" + "x".repeat(900_000) + "\"");
    assertTrue(System.nanoTime() - from < 5_000_000_000L, "they had to wait");
  }
}
