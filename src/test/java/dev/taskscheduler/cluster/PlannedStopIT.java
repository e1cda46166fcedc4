package dev.taskscheduler.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.RedisServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Clients that keep their connections lose no request when a node is stopped in order.
@Timeout(120)
class PlannedStopIT {
  private static final int CLIENTS = 60;
  private static final int RESTARTS = 3;
  private static final int MOST_PAUSE_MS = 300;
  private static final String BODY = "{\"payload\":1}";
  private static final RedisServer REDIS = new RedisServer();

  @AfterAll
  static void stop() {
    REDIS.close();
  }

  /// How a connection ended.
  private enum End {
    /// Its last answer said so.
    TOLD,
    /// Without a word, between two requests of the client.
    CLOSED,
    /// Without an answer to a request.
    LOST
  }

  @Test
  void no_request_on_a_kept_connection_is_lost() throws Exception {
    for (int restart = 0; restart < RESTARTS; restart++) {
      try (NodeProcess node =
              NodeProcess.program(
                  "node1", Map.of("REDIS_ADDR", REDIS.address(), "DRAIN_TIMEOUT", "1s"));
          ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
        node.awaitReady().awaitLeads();
        List<Future<End>> ends = new ArrayList<>();
        CountDownLatch begun = new CountDownLatch(CLIENTS);
        for (int i = 0; i < CLIENTS; i++) {
          ends.add(clients.submit(client(node.port(), i * MOST_PAUSE_MS / CLIENTS, begun)));
        }
        assertTrue(begun.await(30, TimeUnit.SECONDS));
        node.signal("TERM");
        for (Future<End> end : ends) {
          assertEquals(End.TOLD, end.get());
        }
        assertEquals(143, node.awaitExit());
        assertEquals(List.of(), node.lines(" ERROR "), node::output);
      }
    }
  }

  /// @param pauseMs between an answer and the next request
  private static Callable<End> client(int port, int pauseMs, CountDownLatch begun) {
    return () -> {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setTcpNoDelay(true);
        BufferedReader in =
            new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
        for (int sent = 0; ; sent++) {
          String request =
              sent % 2 == 0
                  ? "GET /leader HTTP/1.1\r\nHost: localhost\r\n\r\n"
                  : "POST /submit HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                      + "Content-Length: "
                      + BODY.length()
                      + "\r\n\r\n"
                      + BODY;
          socket.getOutputStream().write(request.getBytes(ISO_8859_1));
          if (last(in)) {
            return End.TOLD;
          }
          begun.countDown();
          if (closedWithin(socket, in, pauseMs)) {
            return End.CLOSED;
          }
        }
      } catch (IOException e) {
        return End.LOST;
      }
    };
  }

  private static boolean closedWithin(Socket socket, BufferedReader in, int pauseMs)
      throws IOException {
    socket.setSoTimeout(pauseMs + 1);
    try {
      return in.read() < 0;
    } catch (java.net.SocketTimeoutException e) {
      socket.setSoTimeout(0);
      return false;
    }
  }

  /// Reads an answer.
  ///
  /// @return whether it is the last
  private static boolean last(BufferedReader in) throws IOException {
    boolean last = false;
    int length = 0;
    String line = in.readLine();
    for (; line != null && !line.isEmpty(); line = in.readLine()) {
      String header = line.toLowerCase(Locale.ROOT);
      last |= header.equals("connection: close");
      if (header.startsWith("content-length:")) {
        length = Integer.parseInt(header.substring(header.indexOf(':') + 1).strip());
      }
    }
    for (int i = 0; line != null && i < length; i++) {
      if (in.read() < 0) {
        line = null;
      }
    }
    if (line == null) {
      throw new IOException("no whole answer");
    }
    return last;
  }
}
