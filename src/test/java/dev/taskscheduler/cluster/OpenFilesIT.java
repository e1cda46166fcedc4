package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.FilesTaker;
import dev.taskscheduler.Main;
import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A node that may have few files open keeps its HTTP port, whoever wants files.
@Timeout(120)
class OpenFilesIT {
  private static final int FILES = 400; // the libraries of the tests alone are half of them
  private static final int MORE_THAN_FILES = 500;
  private static final RedisServer REDIS = new RedisServer();

  @AfterAll
  static void stop() {
    REDIS.close();
  }

  private static NodeProcess node(Class<?> program, String namespace, Map<String, String> more) {
    Map<String, String> env = new HashMap<>(more);
    env.put("REDIS_ADDR", REDIS.address());
    env.put("NAMESPACE", namespace);
    return NodeProcess.limited(FILES, program, "node1", env);
  }

  @Test
  void more_idle_clients_than_files_do_not_keep_others_out_and_end_nothing() throws IOException {
    List<Socket> idle = new ArrayList<>();
    try (NodeProcess node = node(Main.class, "idle", Map.of())) {
      node.awaitReady();
      assertEquals(1, node.lines("open files limit=" + FILES).size(), node::output);
      for (int i = 0; i < MORE_THAN_FILES; i++) {
        idle.add(new Socket(InetAddress.getLoopbackAddress(), node.port()));
      }
      node.awaitLive(); // while they are there
      for (Socket each : idle) {
        each.close();
      }
      node.awaitLeads().awaitState(node.accepted("log", "1"), "completed");
      assertEquals(List.of(), node.lines(" ERROR "), node::output);
    } finally {
      for (Socket each : idle) {
        each.close();
      }
    }
  }

  @Test
  void more_slow_http_tasks_than_files_leave_the_port_and_each_other_alone() throws IOException {
    try (ServerSocket silent = // takes connections and says nothing
            new ServerSocket(0, MORE_THAN_FILES, InetAddress.getLoopbackAddress());
        NodeProcess node =
            node(
                Main.class,
                "slow",
                Map.of("WORKER_COUNT", "" + MORE_THAN_FILES, "HTTP_ALLOW_PRIVATE", "127.0.0.1"))) {
      node.awaitReady().awaitLeads();
      assertEquals(1, node.lines("fewer workers than WORKER_COUNT").size(), node::output);
      String payload = "{\"url\":\"http://127.0.0.1:" + silent.getLocalPort() + "/\"}";
      List<String> tasks = new ArrayList<>();
      for (int i = 0; i < MORE_THAN_FILES; i++) {
        tasks.add(node.accepted("http", payload));
      }
      node.await("runs many", () -> node.task(tasks.getFirst()).contains("\"state\":\"running\""));
      for (int i = 0; i < MORE_THAN_FILES; i++) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
          assertTrue(socket.isConnected());
        }
      }
      node.awaitLive();
      assertEquals(List.of(), node.lines("Too many open files"), node::output);
      assertEquals(List.of(), node.lines(" ERROR "), node::output);
    }
  }

  @Test
  void a_node_whose_listener_ended_ends() {
    try (NodeProcess node = node(FilesTaker.class, "taken", Map.of("LOG_LEVEL", "info"))) {
      assertEquals(1, node.awaitExit(), node::output);
      assertEquals(1, node.lines("http port closed unexpectedly").size(), node::output);
      assertEquals(1, node.lines("node stopped").size(), node::output);
    }
  }

  @Test
  void a_node_that_cannot_do_with_its_files_says_so_and_does_not_start() {
    try (NodeProcess node =
        NodeProcess.limited(
            240, Main.class, "node1", Map.of("REDIS_ADDR", REDIS.address(), "NAMESPACE", "few"))) {
      assertEquals(1, node.awaitExit(), node::output);
      assertEquals(1, node.lines("only 240 files may be open").size(), node::output);
    }
  }
}
