package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A program that cannot start ends at once and says what to change.
@Timeout(60)
class BadStartIT {
  @Test
  void all_faults_of_a_configuration_are_told_at_once_and_no_port_is_opened() {
    Map<String, String> faulty =
        Map.of(
            "REDIS_ADDR", "redis://user:geheim@localhost:99999",
            "WORKER_COUNT", "0",
            "LEASE_TTL", "soon",
            "LISTEN_ADDR", "127.0.0.1:70000",
            "LOG_LEVEL", "LOUD");
    try (NodeProcess node = NodeProcess.program("no such id!", faulty)) {
      assertEquals(2, node.awaitExit(), node::output);
      for (List<String> fault :
          List.of(
              List.of("NODE_ID is 'no such id!'", "1 to 64 characters"),
              List.of("REDIS_ADDR is 'redis://***@localhost:99999'", "a port from 1 to 65535"),
              List.of("WORKER_COUNT is '0'", "from 1 to 100000"),
              List.of("LEASE_TTL is 'soon'", "a duration from 500ms to 5m"),
              List.of("LISTEN_ADDR is '127.0.0.1:70000'", "host:port"),
              List.of("LOG_LEVEL is 'LOUD'", "error, warning, warn, info"))) {
        List<String> told = node.lines(fault.getFirst());
        assertEquals(1, told.size(), node::output);
        assertTrue(told.getFirst().contains(fault.getLast()), node::output);
      }
      assertEquals(7, node.output().lines().count(), node::output);
      assertFalse(node.output().contains("geheim"), node::output);
    }
  }

  @Test
  void a_port_that_is_taken_is_named_with_the_setting_that_chose_it() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      try (NodeProcess node =
          NodeProcess.program("node1", Map.of("LISTEN_ADDR", address, "REDIS_ADDR", address))) {
        assertEquals(1, node.awaitExit(), node::output);
        List<String> told = node.lines("The node cannot start: ");
        assertEquals(1, told.size(), node::output);
        assertTrue(told.getFirst().contains(address), node::output);
        assertTrue(told.getFirst().contains("LISTEN_ADDR"), node::output);
        assertEquals(List.of(), node.lines(" ERROR "), node::output);
      }
    }
  }
}
