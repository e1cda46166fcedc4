package dev.taskscheduler.conf;

import static dev.taskscheduler.conf.SchedulerConfigTest.faults;
import static dev.taskscheduler.conf.SchedulerConfigTest.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.conf.ConfigException.Fault;
import dev.taskscheduler.leader.raft.RaftConfig;
import dev.taskscheduler.leader.raft.RaftProtection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The settings of Raft.
class RaftSettingsTest {
  @Test
  void raft_data_stands_in_the_state_directory_of_systemd_where_there_is_one() {
    Map<String, String> service =
        Map.of("NODE_ID", "a", "STATE_DIRECTORY", "/var/lib/task-scheduler:/var/lib/other");
    assertEquals(
        "/var/lib/task-scheduler/raft-a",
        SchedulerConfig.of(service, Map.of()).raft().dataDir().toString());
  }

  @Test
  void raft_is_the_default_and_has_the_documented_defaults() {
    SchedulerConfig config = SchedulerConfig.of(Map.of("NODE_ID", "a"), Map.of());
    assertEquals(ElectionKind.RAFT, config.election());
    assertEquals("127.0.0.1:9000", config.raft().bind().address());
    assertEquals("/tmp/raft-a", config.raft().dataDir().toString());
    assertEquals("[a:127.0.0.1:9000]", config.raft().nodes().toString());
    assertEquals(RaftConfig.Bootstrap.AUTO, config.raft().bootstrap());
    assertEquals(Duration.ofMillis(500), config.raft().electionMin());
    assertEquals(Duration.ofSeconds(1), config.raft().electionMax());
    assertEquals("scheduler", config.raft().group());
  }

  @Test
  void election_timeouts_are_given_together_or_apart() {
    RaftConfig together = with("RAFT_ELECTION_TIMEOUT", "2s").raft();
    assertEquals(Duration.ofSeconds(2), together.electionMin());
    assertEquals(Duration.ofSeconds(4), together.electionMax());
    RaftConfig apart =
        with("RAFT_ELECTION_TIMEOUT_MIN", "1s", "RAFT_ELECTION_TIMEOUT_MAX", "5s").raft();
    assertEquals(Duration.ofSeconds(1), apart.electionMin());
    assertEquals(Duration.ofSeconds(5), apart.electionMax());
    assertEquals(
        "RAFT_ELECTION_TIMEOUT_MAX",
        faults("RAFT_ELECTION_TIMEOUT_MAX", "600ms").getFirst().name());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          b:h1:9000,c:h2:9000            | true  | whose NODE_ID is a
          a:h1:9000,c:h2:9000            | false | must not vote
          a:h1:9000,b                    | true  | 'b' is not
          a:h1:9000,b:h2:0               | true  | 'b:h2:0' is not
          a:h1:9000,b::9000              | true  | 'b::9000' is not
          a:h1:9000,                     | true  | '' is not
          a:h1:9000,b:fe80::1:9000       | true  | 'b:fe80::1:9000' is not
          a:h1:9000,a:h2:9000            | true  | a is there twice
          a:h1:9000,b:h1:9000            | true  | h1:9000 is there twice
          """)
  void a_list_of_nodes_that_cannot_be_is_a_fault(String nodes, String eligible, String expected) {
    Fault fault =
        faults(
                "CONSENSUS_TYPE",
                "raft",
                "NODE_ID",
                "a",
                "RAFT_NODES",
                nodes,
                "LEADER_ELIGIBLE",
                eligible)
            .getFirst();
    assertEquals("RAFT_NODES", fault.name());
    assertTrue(fault.toString().contains(expected), fault.toString());
  }

  @Test
  void nodes_are_read_with_names_addresses_and_brackets() {
    SchedulerConfig config =
        with("NODE_ID", "a", "RAFT_NODES", "a:raft-a:9900, b:10.0.0.2:9000,c:[::1]:9000");
    assertEquals(
        "[a:raft-a:9900, b:10.0.0.2:9000, c:[::1]:9000]", config.raft().listed().toString());
    assertEquals("::1", config.raft().listed().get(2).host());
    assertEquals("raft-a", config.raft().own().host());
  }

  @Test
  void the_files_that_protect_the_raft_port_are_checked(@TempDir Path folder) throws IOException {
    assertEquals(new RaftProtection.None(), with().raft().protection());
    String none = folder.resolve("none").toString();
    assertEquals(
        List.of("RAFT_TLS_CA", "RAFT_TLS_KEY"),
        faults("RAFT_TLS_CERT", none).stream().map(Fault::name).sorted().toList());
    Fault file =
        faults("RAFT_TLS_CERT", none, "RAFT_TLS_KEY", none, "RAFT_TLS_CA", none).getFirst();
    assertTrue(file.allowed().contains("no such file"), file.toString());
    Path secret = Files.writeString(folder.resolve("secret"), "of-a-child-who-hides\n");
    Fault shorter = faults("RAFT_SECRET_FILE", secret.toString()).getFirst();
    assertTrue(shorter.allowed().contains("at least 32 characters"), shorter.toString());
    assertFalse(shorter.toString().contains("hides"), shorter.toString());
    Files.writeString(secret, "0123456789abcdef0123456789abcdef\n");
    assertEquals(
        new RaftProtection.Secret(secret),
        with("RAFT_SECRET_FILE", secret.toString()).raft().protection());
  }

  @Test
  void a_raft_group_without_protection_that_others_reach_is_reported_in_capitals() {
    String nodes = "node1:10.0.0.1:9000,node2:10.0.0.2:9000,node3:10.0.0.3:9000";
    String warning =
        with("RAFT_NODES", nodes, "RAFT_BIND_ADDR", ":9000").raft().warning().orElseThrow();
    assertTrue(warning.contains("NOT PROTECTED"), warning);
    assertEquals(
        Optional.empty(),
        with("RAFT_NODES", nodes, "RAFT_BIND_ADDR", "[::1]:9000").raft().warning());
    assertEquals(Optional.empty(), with("RAFT_BIND_ADDR", ":9000").raft().warning());
  }
}
