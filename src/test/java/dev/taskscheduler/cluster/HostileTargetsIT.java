package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.RedisServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What targets answer cannot end a leader that runs as in the image: with a heap of 128 MiB, and
/// ended by its first `OutOfMemoryError`.
@Timeout(120)
class HostileTargetsIT {
  private static final int TASKS_EACH = 48;
  private static final String LINE = "x".repeat(16_000);
  private static final RedisServer REDIS = new RedisServer();
  private static NodeProcess node;
  private static Targets targets;

  /// What the target writes, over and over, until it has written enough; then it stalls.
  private record Attack(String begin, String each, int times) {}

  private static final Map<String, Attack> ATTACKS =
      Map.of(
          "heads", new Attack("HTTP/1.1 200 OK\r\n", "a: " + LINE + "\r\n", 99),
          "interim", new Attack("", "HTTP/1.1 103 Hints\r\na: " + LINE + "\r\n\r\n", 99),
          "line", new Attack("HTTP/1.1 200 ", LINE, 500),
          "chunk-line",
              new Attack("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=", LINE, 500),
          "trailers",
              new Attack(
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
                  "a: " + LINE + "\r\n",
                  99),
          "body", new Attack("HTTP/1.1 200 OK\r\n\r\n", LINE, 5_000));

  /// A server that answers by the path, one thread a connection.
  private static final class Targets implements AutoCloseable {
    private final ServerSocket server =
        new ServerSocket(0, 500, InetAddress.ofLiteral("127.0.0.1"));
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    Targets() throws IOException {
      Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
      try {
        while (true) {
          Socket socket = server.accept();
          sockets.add(socket);
          Thread.ofVirtual().start(() -> serve(socket));
        }
      } catch (IOException e) {
        return; // the test is over
      }
    }

    private static void serve(Socket socket) {
      try {
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        Attack attack = ATTACKS.get(in.readLine().split("[ /]+")[1]);
        OutputStream out = socket.getOutputStream();
        out.write(attack.begin().getBytes(StandardCharsets.ISO_8859_1));
        byte[] each = attack.each().getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < attack.times(); i++) {
          out.write(each);
        }
        out.flush(); // and nothing more is written, nor is the connection closed
      } catch (IOException e) {
        return; // the node has hung up
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @BeforeAll
  static void start() throws IOException {
    targets = new Targets();
    node =
        NodeProcess.program(
                "node1",
                Map.of(
                    "REDIS_ADDR", REDIS.address(),
                    "WORKER_COUNT", "400",
                    "MAX_ATTEMPTS", "1",
                    "HTTP_TIMEOUT", "5s",
                    "HTTP_MAX_RESPONSE_BYTES", "1MiB",
                    "HTTP_ALLOW_PRIVATE", "127.0.0.1"))
            .awaitReady()
            .awaitLeads();
  }

  @AfterAll
  static void stop() throws IOException {
    node.close();
    targets.close();
    REDIS.close();
  }

  @Test
  void targets_that_answer_without_end_and_stall_do_not_end_the_leader() throws IOException {
    String url = "http://127.0.0.1:" + targets.server.getLocalPort() + "/";
    String epoch = node.call("GET", "/leader", "").body();
    List<String> hostile =
        ATTACKS.keySet().stream()
            .flatMap(path -> IntStream.range(0, TASKS_EACH).mapToObj(i -> path))
            .map(path -> submitted("{\"method\":\"GET\",\"url\":\"" + url + path + "\"}"))
            .toList();
    String good = node.accepted("log", "1");
    node.awaitState(good, "completed");
    for (String task : hostile) {
      node.await(task + " has ended", () -> !node.task(task).contains("\"status\":\"pending\""));
    }
    assertTrue(node.alive(), node::output);
    assertEquals(epoch, node.call("GET", "/leader", "").body(), node::output);
    assertEquals(List.of(), node.lines(" ERROR "), node::output);
  }

  private static String submitted(String payload) {
    try {
      return node.accepted("http", payload);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
