package dev.taskscheduler.conf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnknownVariablesTest {
  private static List<String> warnings(String name) {
    return SchedulerConfig.of(Map.of(name, "a-secret"), Map.of()).warnings();
  }

  @ParameterizedTest
  @CsvSource({
    "LEASE_TLL, LEASE_TTL",
    "LEASETTL, LEASE_TTL",
    "lease_ttl, LEASE_TTL",
    "WORKERS_COUNT, WORKER_COUNT",
    "WOKRER_COUNT, WORKER_COUNT",
    "REDIS_ADDRESS, REDIS_ADDR",
    "REDIS_PASSWORD, REDIS_PASSWORD_FILE",
    "SCHEDULER_LEASE_TTL, LEASE_TTL",
    "RETRY_BACKOF_MAX, RETRY_BACKOFF_MAX",
    "API_TOKEN_FILE, API_TOKENS_FILE",
    "RAFT_NODE, RAFT_NODES"
  })
  void a_misspelt_setting_is_named_with_the_one_that_was_meant(String name, String meant) {
    List<String> warnings = warnings(name);
    assertEquals(1, warnings.size(), warnings::toString);
    assertTrue(warnings.getFirst().contains(" " + name + " is no setting"), warnings.getFirst());
    assertTrue(warnings.getFirst().endsWith("did you mean " + meant + "?"), warnings.getFirst());
    assertFalse(warnings.getFirst().contains("a-secret"));
  }

  @Test
  void an_unknown_one_of_a_family_of_ours_is_named_without_a_suggestion() {
    List<String> warnings = warnings("RAFT_SNAPSHOT_INTERVAL");
    assertEquals(1, warnings.size());
    assertTrue(warnings.getFirst().endsWith("lists all settings"), warnings.getFirst());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PATH",
        "HOME",
        "LANG",
        "NODE_ENV",
        "NODE_IP",
        "HTTP_PROXY",
        "LOG_FILE",
        "MAX_MEMORY",
        "REDIS_PORT",
        "REDIS_SERVICE_HOST",
        "REDIS_PORT_6379_TCP_ADDR",
        "RAFT_SERVICE_HOST",
        "RAFT_PORT_9000_TCP",
        "SCHEDULER_PORT",
        "SCHEDULER_SERVICE_PORT_HTTP",
        "SCHEDULER_URL",
        "STATE_DIRECTORY",
        "JAVA_OPTS",
        "LOCAL_DIR",
        "TASK",
        "LISTEN_PID",
        "LISTEN_FDS"
      })
  void what_belongs_to_others_is_left_alone(String name) {
    assertEquals(List.of(), warnings(name));
  }

  @Test
  void at_most_twenty_are_named() {
    Map<String, String> many = new HashMap<>();
    for (int i = 0; i < 50; i++) {
      many.put("RAFT_THING_" + i, "x");
    }
    assertEquals(20, SchedulerConfig.of(many, Map.of()).warnings().size());
  }
}
